/** The goroutines that wait for one lock: counted, and some of them kept, as a million may wait for one. */
import type { Call } from './block.ts';

export interface WaitingGoroutine {
  goroutineId: number;
  state: string;
  waitMinutes: number;
  isReader: boolean;
  isFirstWriter: boolean;
  /** It waits for what it has begun by an errgroup. */
  isInErrgroup: boolean;
  /** Of the function with which the program began. */
  isInMain: boolean;
  place: Call | null;
  /** In which of the texts, and where in it. */
  part: number;
  start: number;
}

export interface CountedPlace {
  /** Null where no line of it is known. */
  place: Call | null;
  count: number;
}

/** Of those that are kept: the first ones that were read, and those that have waited longest. */
const KEPT_FIRST = 20;
const KEPT_LONGEST = 200;
/** Of one lock. */
const MOST_PLACES = 1_000;

export class Waiters {
  count = 0;
  /** Of them, who only want to read. */
  readers = 0;
  longestWaitMinutes = 0;
  /** The writer that waits for readers to go; the one that has waited longest. */
  firstWriter: WaitingGoroutine | null = null;
  readonly #ids = new Set<number>();
  readonly #places = new Map<string, CountedPlace>();
  /** In the order in which they were read. */
  #kept: WaitingGoroutine[] = [];

  add(waiter: WaitingGoroutine): void {
    const { goroutineId, waitMinutes, isReader, isFirstWriter } = waiter;
    this.count++;
    if (isReader) this.readers++;
    this.longestWaitMinutes = Math.max(this.longestWaitMinutes, waitMinutes);
    if (isFirstWriter && waitMinutes > (this.firstWriter?.waitMinutes ?? -1)) {
      this.firstWriter = waiter;
    }
    this.#ids.add(goroutineId);
    this.#kept.push({ ...waiter, place: this.#countAt(waiter.place, 1) });
    if (this.#kept.length > KEPT_FIRST + 2 * KEPT_LONGEST) this.#letGo();
  }

  /** Adds those of another, whose first ones come after these. */
  addAll(other: Waiters): void {
    this.count += other.count;
    this.readers += other.readers;
    this.longestWaitMinutes = Math.max(this.longestWaitMinutes, other.longestWaitMinutes);
    const writer = other.firstWriter;
    if (writer !== null && writer.waitMinutes > (this.firstWriter?.waitMinutes ?? -1)) {
      this.firstWriter = writer;
    }
    for (const id of other.#ids) this.#ids.add(id);
    for (const { place, count } of other.places) this.#countAt(place, count);
    this.#kept.push(...other.#kept);
    this.#letGo();
  }

  has(goroutineId: number): boolean {
    return this.#ids.has(goroutineId);
  }

  /** The first that was read. */
  get first(): WaitingGoroutine {
    return this.#kept[0]!;
  }

  /** The first that were read, at most twenty. */
  get firstOnes(): readonly WaitingGoroutine[] {
    return this.#kept.slice(0, KEPT_FIRST);
  }

  /** Those that have waited longest, at most two hundred, in the order in which they were read. */
  get longestOnes(): readonly WaitingGoroutine[] {
    return this.#kept.filter(({ waitMinutes }) => waitMinutes >= this.longestWaitMinutes - 1);
  }

  /** Numbers of those that have waited longest, the longest wait first. */
  longestIds(most: number): number[] {
    const sorted = [...this.#kept].sort((a, b) => b.waitMinutes - a.waitMinutes);
    return sorted.slice(0, most).map(({ goroutineId }) => goroutineId);
  }

  /** Where they wait; the first thousand places. */
  get places(): readonly CountedPlace[] {
    return [...this.#places.values()];
  }

  /** One object for all that are at a place. */
  #countAt(place: Call | null, count: number): Call | null {
    const key = place === null ? '' : `${place.function} ${place.file}:${place.line}`;
    const known = this.#places.get(key);
    if (known !== undefined) known.count += count;
    else if (this.#places.size < MOST_PLACES) this.#places.set(key, { place, count });
    return known === undefined ? place : known.place;
  }

  #letGo(): void {
    const first = this.#kept.slice(0, KEPT_FIRST);
    const longest = this.#kept
      .slice(KEPT_FIRST)
      .sort((a, b) => b.waitMinutes - a.waitMinutes)
      .slice(0, KEPT_LONGEST)
      .sort((a, b) => a.part - b.part || a.start - b.start);
    this.#kept = [...first, ...longest];
  }
}
