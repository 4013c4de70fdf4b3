/**
 * The requests in flight, all of them, as columns of numbers and texts. Nothing here refers to an
 * object of the program but, weakly, its connections: whatever else is held from a container that is
 * old survives every small collection with all that hangs on it, and so does what it held before.
 */
import { OwnWeakRef } from '../../../base/builtins.ts';

export interface NewRequest {
  method: string;
  url: string;
  /** By the clock of this thread. */
  startedAtMs: number;
  asyncId: number;
  /** The socket of HTTP/1, the session of HTTP/2. */
  connection: WeakRef<object> | null;
}

/** Marks a request in its slot: one that has ended since has another than whoever has the slot now. */
export type Ticket = number;

const FIRST_SLOTS = 64;
const GENERATION_BITS = 10;
const GENERATIONS = 2 ** GENERATION_BITS;

/** @template Note What is kept with a request; no object of the program. */
export class InFlightRequests<Note extends object> {
  readonly #limit: number;
  #slots = 0;
  #size = 0;
  #lastId = 0;
  /** Slots that are free, the one to be taken next at the end; as many as `#slots` less `#size`. */
  #free = new Int32Array(0);
  /** 0 for a free slot. */
  #ids = new Float64Array(0);
  #generations = new Uint16Array(0);
  #startedAtMs = new Float64Array(0);
  /** 1 from when a part of the answer was sent, where the connection does not tell. */
  #answering = new Uint8Array(0);
  #asyncIds = new Float64Array(0);
  readonly #methods: string[] = [];
  readonly #urls: string[] = [];
  readonly #patterns: (string | null)[] = [];
  readonly #connections: (WeakRef<object> | null)[] = [];
  readonly #notes: (Note | null)[] = [];

  constructor(limit: number) {
    this.#limit = Math.min(limit, 2 ** (30 - GENERATION_BITS));
  }

  get size(): number {
    return this.#size;
  }

  /** Null where there are as many as are kept. */
  add({ method, url, startedAtMs, asyncId, connection }: NewRequest): Ticket | null {
    if (this.#size === this.#slots && !this.#grow()) return null;
    const slot = this.#free[this.#slots - this.#size - 1]!;
    this.#size += 1;
    this.#ids[slot] = ++this.#lastId;
    this.#startedAtMs[slot] = startedAtMs;
    this.#answering[slot] = 0;
    this.#asyncIds[slot] = asyncId;
    this.#methods[slot] = method;
    this.#urls[slot] = url;
    this.#connections[slot] = connection;
    return (slot << GENERATION_BITS) | this.#generations[slot]!;
  }

  has(ticket: Ticket | undefined): ticket is Ticket {
    if (ticket === undefined || ticket < 0) return false;
    const slot = slotOf(ticket);
    return this.#ids[slot]! > 0 && this.#generations[slot] === ticket % GENERATIONS;
  }

  /** @returns false for one that has been removed. */
  remove(ticket: Ticket): boolean {
    if (!this.has(ticket)) return false;
    const slot = slotOf(ticket);
    this.#ids[slot] = 0;
    this.#generations[slot] = (this.#generations[slot]! + 1) % GENERATIONS;
    this.#urls[slot] = '';
    this.#patterns[slot] = null;
    this.#connections[slot] = null;
    this.#notes[slot] = null;
    this.#free[this.#slots - this.#size] = slot;
    this.#size -= 1;
    return true;
  }

  /** Requests may be removed meanwhile, the current one included. */
  *[Symbol.iterator](): Generator<Ticket> {
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#ids[slot]! > 0) yield (slot << GENERATION_BITS) | this.#generations[slot]!;
    }
  }

  /** Counts up; it has no other meaning. */
  id(ticket: Ticket): number {
    return this.#ids[slotOf(ticket)]!;
  }

  startedAtMs(ticket: Ticket): number {
    return this.#startedAtMs[slotOf(ticket)]!;
  }

  asyncId(ticket: Ticket): number {
    return this.#asyncIds[slotOf(ticket)]!;
  }

  method(ticket: Ticket): string {
    return this.#methods[slotOf(ticket)]!;
  }

  url(ticket: Ticket): string {
    return this.#urls[slotOf(ticket)]!;
  }

  connection(ticket: Ticket): object | undefined {
    return this.#connections[slotOf(ticket)]?.deref();
  }

  hasConnection(ticket: Ticket): boolean {
    return this.#connections[slotOf(ticket)] != null;
  }

  /** The route as the program or its framework told it; null while none has. */
  pattern(ticket: Ticket): string | null {
    return this.#patterns[slotOf(ticket)] ?? null;
  }

  setPattern(ticket: Ticket, pattern: string): void {
    this.#patterns[slotOf(ticket)] = pattern;
  }

  isAnswering(ticket: Ticket): boolean {
    return this.#answering[slotOf(ticket)] === 1;
  }

  setAnswering(ticket: Ticket): void {
    this.#answering[slotOf(ticket)] = 1;
  }

  note(ticket: Ticket): Note | null {
    return this.#notes[slotOf(ticket)] ?? null;
  }

  setNote(ticket: Ticket, note: Note): void {
    this.#notes[slotOf(ticket)] = note;
  }

  /** Called with no slot free. */
  #grow(): boolean {
    const before = this.#slots;
    const slots = Math.min(this.#limit, Math.max(FIRST_SLOTS, before * 2));
    if (slots <= before) return false;
    this.#ids = longer(this.#ids, new Float64Array(slots));
    this.#startedAtMs = longer(this.#startedAtMs, new Float64Array(slots));
    this.#answering = longer(this.#answering, new Uint8Array(slots));
    this.#asyncIds = longer(this.#asyncIds, new Float64Array(slots));
    this.#generations = longer(this.#generations, new Uint16Array(slots));
    this.#free = new Int32Array(slots);
    const added = slots - before;
    for (let index = 0; index < added; index++) this.#free[index] = slots - 1 - index;
    this.#slots = slots;
    return true;
  }
}

function slotOf(ticket: Ticket): number {
  return ticket >> GENERATION_BITS;
}

function longer<Column extends Float64Array | Uint16Array | Uint8Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}

/** The connection of each request, weakly: one reference for all the requests that arrive over it. */
export function weakly(connection: object): WeakRef<object> {
  return new OwnWeakRef(connection);
}
