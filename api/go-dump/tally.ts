/** Goroutines counted by what they wait for and where: as many entries as there are differences. */
import { HashIndex, hashOfPair, NONE } from '../base/numbers/hash-index.ts';
import { NumberList } from '../base/numbers/number-list.ts';
import type { GoHeader } from './header/header.ts';
import { decoded } from './text/text.ts';

const KEPT_IDS = 10;
const KEPT_LABELS = 3;

/**
 * Tells of goroutines with the same header attributes at the same stack: a node of the stack tree. Of the first of them
 * the numbers, and the first different label sets, as Go prints them. No object for each: a dump may have fifty thousand.
 */
type Tell<Told> = (
  header: GoHeader,
  stack: number,
  count: number,
  goroutineIds: number[],
  labels: readonly string[],
) => Told;

/** A list of its own only for the few that have labels. */
const NO_LABELS: readonly string[] = [];

/** In lists of numbers, and no object for each: a dump may have fifty thousand different ones. */
class Tally {
  goroutines = 0;
  readonly #headers: GoHeader[] = [];
  readonly #stacks = new NumberList();
  readonly #counts = new NumberList();
  /** Of the first of each. */
  readonly #firstIds: number[] = [];
  /** Of those after it, by entry, where there are any. */
  readonly #moreIds = new Map<number, number[]>();
  /** By entry, for the few that have any. */
  readonly #labels = new Map<number, string[]>();
  /** Entries by their header and stack. */
  readonly #index = new HashIndex();
  readonly #headerNumbers = new Map<GoHeader, number>();
  /** Of the header that was looked up last: many in a row have the same. */
  #lastHeader: GoHeader | null = null;
  #lastHeaderNumber = 0;
  #largestStack = -1;

  add(header: GoHeader, stack: number, goroutineId: number, labels: string): void {
    const at = this.#count(header, stack, 1);
    this.#keepId(at, goroutineId);
    if (labels !== '') this.#keepLabels(at, [decoded(labels)]);
  }

  addAll(other: Tally): void {
    this.#addRenumbered(other, (stack) => stack);
  }

  /** The same with other numbers of stacks, of which several may become one. */
  renumbered(numberOf: (stack: number) => number): Tally {
    const renumbered = new Tally();
    renumbered.#addRenumbered(this, numberOf);
    return renumbered;
  }

  #addRenumbered(other: Tally, numberOf: (stack: number) => number): void {
    for (const [entry, header] of other.#headers.entries()) {
      const at = this.#count(header, numberOf(other.#stacks.at(entry)), other.#counts.at(entry));
      this.#keepId(at, other.#firstIds[entry]!);
      for (const id of other.#moreIds.get(entry) ?? []) this.#keepId(at, id);
      const labels = other.#labels.get(entry);
      if (labels !== undefined) this.#keepLabels(at, labels);
    }
  }

  /** Adds up goroutines by stack. */
  addCountsTo(counts: Map<number, number>): void {
    for (let at = 0; at < this.#stacks.length; at++) {
      const stack = this.#stacks.at(at);
      counts.set(stack, (counts.get(stack) ?? 0) + this.#counts.at(at));
    }
  }

  /** In the order in which the first of each was read. */
  entries<Told>(tell: Tell<Told>): Told[] {
    return this.#headers.map((header, at) =>
      tell(
        header,
        this.#stacks.at(at),
        this.#counts.at(at),
        this.#idsOf(at),
        this.#labels.get(at) ?? NO_LABELS,
      ),
    );
  }

  /** Gives the entry; of a new one the first number has to be kept. */
  #count(header: GoHeader, stack: number, count: number): number {
    this.goroutines += count;
    const hash = hashOfPair(this.#numberOf(header), stack);
    const known = this.#find(header, stack, hash);
    const at = known === NONE ? this.#index.add(hash) : known;
    if (known === NONE) {
      this.#headers.push(header);
      this.#stacks.push(stack);
      this.#counts.push(count);
    } else this.#counts.set(at, this.#counts.at(at) + count);
    return at;
  }

  #idsOf(at: number): number[] {
    const first = this.#firstIds[at]!;
    const more = this.#counts.at(at) === 1 ? undefined : this.#moreIds.get(at);
    return more === undefined ? [first] : [first, ...more];
  }

  #keepId(at: number, id: number): void {
    if (at === this.#firstIds.length) {
      this.#firstIds.push(id);
      return;
    }
    const more = this.#moreIds.get(at);
    if (more === undefined) this.#moreIds.set(at, [id]);
    else if (more.length < KEPT_IDS - 1) more.push(id);
  }

  #keepLabels(at: number, labels: readonly string[]): void {
    const kept = this.#labels.get(at) ?? [];
    for (const text of labels) {
      if (kept.length < KEPT_LABELS && !kept.includes(text)) kept.push(text);
    }
    this.#labels.set(at, kept);
  }

  #find(header: GoHeader, stack: number, hash: number): number {
    if (stack > this.#largestStack) {
      // Stacks are numbered as they come: none was counted with this one.
      this.#largestStack = stack;
      return NONE;
    }
    const index = this.#index;
    let at = index.first(hash);
    while (at !== NONE && (this.#stacks.at(at) !== stack || this.#headers[at] !== header)) {
      at = index.next();
    }
    return at;
  }

  #numberOf(header: GoHeader): number {
    if (header !== this.#lastHeader) {
      this.#lastHeader = header;
      this.#lastHeaderNumber = this.#headerNumbers.get(header) ?? this.#headerNumbers.size;
      this.#headerNumbers.set(header, this.#lastHeaderNumber);
    }
    return this.#lastHeaderNumber;
  }
}

/** A tally that can tell quoted goroutines from real ones only after it has counted them. */
export class QuoteAwareTally {
  #real = new Tally();
  #quoted: Tally | null = null;

  get goroutines(): number {
    return this.#real.goroutines;
  }

  add(header: GoHeader, stack: number, goroutineId: number, labels: string): void {
    (this.#quoted ?? this.#real).add(header, stack, goroutineId, labels);
  }

  /** What is added from now on may be quoted. */
  startQuote(): void {
    this.#quoted ??= new Tally();
  }

  /** Counts what was added since then as real after all, or forgets it; gives how many were forgotten. */
  endQuote({ isReal }: { isReal: boolean }): number {
    const quoted = this.#quoted;
    this.#quoted = null;
    if (quoted === null) return 0;
    if (isReal) this.#real.addAll(quoted);
    return isReal ? 0 : quoted.goroutines;
  }

  /** Gives stacks other numbers, of which several may become one. */
  renumber(numberOf: (stack: number) => number): void {
    this.#real = this.#real.renumbered(numberOf);
    this.#quoted = this.#quoted?.renumbered(numberOf) ?? null;
  }

  /** By stack. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    this.#real.addCountsTo(counts);
    this.#quoted?.addCountsTo(counts);
    return counts;
  }

  entries<Told>(tell: Tell<Told>): Told[] {
    return this.#real.entries(tell);
  }
}
