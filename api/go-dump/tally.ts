/** Goroutines counted by what they wait for and where: as many entries as there are differences. */
import type { GoHeader } from './header/header.ts';
import { decoded } from './text/text.ts';

const KEPT_IDS = 10;
const KEPT_LABELS = 3;

/** Goroutines with the same header attributes at the same stack. */
export interface TallyEntry {
  header: GoHeader;
  /** Node of the stack tree. */
  stack: number;
  count: number;
  /** Numbers of the first of them. */
  goroutineIds: number[];
  /** The first different label sets among them, as Go prints them. */
  labels: string[];
}

class Tally {
  goroutines = 0;
  readonly #byHeader = new Map<GoHeader, Map<number, TallyEntry>>();

  add(header: GoHeader, stack: number, goroutineId: number, labels: string): void {
    this.goroutines++;
    const byStack = this.#stacksOf(header);
    let entry = byStack.get(stack);
    if (entry === undefined) {
      entry = { header, stack, count: 1, goroutineIds: [goroutineId], labels: [] };
      byStack.set(stack, entry);
    } else {
      entry.count++;
      if (entry.goroutineIds.length < KEPT_IDS) entry.goroutineIds.push(goroutineId);
    }
    if (labels !== '') keepLabels(entry, decoded(labels));
  }

  addAll(other: Tally): void {
    for (const added of other.entries()) {
      const byStack = this.#stacksOf(added.header);
      const entry = byStack.get(added.stack);
      if (entry === undefined) byStack.set(added.stack, added);
      else {
        entry.count += added.count;
        entry.goroutineIds = [...entry.goroutineIds, ...added.goroutineIds].slice(0, KEPT_IDS);
        for (const text of added.labels) keepLabels(entry, text);
      }
    }
    this.goroutines += other.goroutines;
  }

  entries(): TallyEntry[] {
    return [...this.#byHeader.values()].flatMap((byStack) => [...byStack.values()]);
  }

  #stacksOf(header: GoHeader): Map<number, TallyEntry> {
    let byStack = this.#byHeader.get(header);
    if (byStack === undefined) {
      byStack = new Map();
      this.#byHeader.set(header, byStack);
    }
    return byStack;
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

  entries(): TallyEntry[] {
    return this.#real.entries();
  }
}

function keepLabels(entry: TallyEntry, labels: string): void {
  if (entry.labels.length < KEPT_LABELS && !entry.labels.includes(labels))
    entry.labels.push(labels);
}
