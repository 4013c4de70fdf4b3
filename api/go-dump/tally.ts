/** Goroutines counted by what they wait for and where: as many entries as there are differences. */
import { HashIndex, hashOfPair, NONE } from '../base/numbers/hash-index.ts';
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
  readonly #stacks: number[] = [];
  readonly #counts: number[] = [];
  readonly #ids: number[][] = [];
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
    this.#count(header, stack, 1, [goroutineId], labels === '' ? NO_LABELS : [decoded(labels)]);
  }

  addAll(other: Tally): void {
    other.entries((header, stack, count, goroutineIds, labels) =>
      this.#count(header, stack, count, goroutineIds, labels),
    );
  }

  /** In the order in which the first of each was read. */
  entries<Told>(tell: Tell<Told>): Told[] {
    return this.#headers.map((header, at) =>
      tell(
        header,
        this.#stacks[at]!,
        this.#counts[at]!,
        this.#ids[at]!,
        this.#labels.get(at) ?? NO_LABELS,
      ),
    );
  }

  #count(
    header: GoHeader,
    stack: number,
    count: number,
    goroutineIds: number[],
    labels: readonly string[],
  ): void {
    this.goroutines += count;
    const hash = hashOfPair(this.#numberOf(header), stack);
    const known = this.#find(header, stack, hash);
    const at = known === NONE ? this.#index.add(hash) : known;
    if (known === NONE) {
      this.#headers.push(header);
      this.#stacks.push(stack);
      this.#counts.push(count);
      this.#ids.push(goroutineIds);
    } else {
      this.#counts[at]! += count;
      keepExamples(this.#ids[at]!, goroutineIds, KEPT_IDS);
    }
    if (labels.length > 0) this.#addLabels(at, labels);
  }

  #addLabels(at: number, labels: readonly string[]): void {
    const kept = this.#labels.get(at) ?? [];
    const added = labels.filter((text) => !kept.includes(text));
    keepExamples(kept, added, KEPT_LABELS);
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
    while (at !== NONE && (this.#stacks[at] !== stack || this.#headers[at] !== header)) {
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
  readonly #real = new Tally();
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

  entries<Told>(tell: Tell<Told>): Told[] {
    return this.#real.entries(tell);
  }
}

/** The first ones stay. */
function keepExamples<Example>(kept: Example[], added: readonly Example[], most: number): void {
  for (const example of added) if (kept.length < most) kept.push(example);
}
