/**
 * The requests in flight, all of them, each in a slot that is used again and again. Nothing here refers to an
 * object of the program but, weakly, its connections: whatever else is held from a container that is
 * old survives every small collection with all that hangs on it, and so does what it held before.
 */

import { OwnWeakRef } from '../../../base/builtins.ts';
import { math } from '../../../base/numbers/math.ts';

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

const GENERATION_BITS = 10;
const GENERATIONS = 2 ** GENERATION_BITS;
const NO_SLOT = -1;

/** All of a request in one place: a server that is idle for most of the time has none of it in its caches when one comes. */
interface Slot<Note> extends NewRequest {
  /** 0 for a free one. */
  id: number;
  generation: number;
  /** From when a part of the answer was sent, where the connection does not tell. */
  isAnswering: boolean;
  pattern: string | null;
  note: Note | null;
  /** The one that is free next after this one. */
  nextFree: number;
}

/** @template Note What is kept with a request; no object of the program. */
export class InFlightRequests<Note extends object> {
  readonly #limit: number;
  readonly #slots: Slot<Note>[] = [];
  #size = 0;
  #lastId = 0;
  #firstFree = NO_SLOT;

  constructor(limit: number) {
    this.#limit = math.min(limit, 2 ** (30 - GENERATION_BITS));
  }

  get size(): number {
    return this.#size;
  }

  /** Null where there are as many as are kept. */
  add({ method, url, startedAtMs, asyncId, connection }: NewRequest): Ticket | null {
    if (this.#firstFree === NO_SLOT && !this.#grow()) return null;
    const index = this.#firstFree;
    const slot = this.#slots[index]!;
    this.#firstFree = slot.nextFree;
    this.#size += 1;
    slot.id = ++this.#lastId;
    slot.startedAtMs = startedAtMs;
    slot.asyncId = asyncId;
    slot.isAnswering = false;
    slot.method = method;
    slot.url = url;
    slot.connection = connection;
    return ticketOf(index, slot);
  }

  has(ticket: Ticket | undefined): ticket is Ticket {
    if (ticket === undefined || ticket < 0) return false;
    const slot = this.#of(ticket);
    return slot.id > 0 && slot.generation === ticket % GENERATIONS;
  }

  /** @returns false for one that has been removed. */
  remove(ticket: Ticket): boolean {
    if (!this.has(ticket)) return false;
    const slot = this.#of(ticket);
    slot.id = 0;
    slot.generation = (slot.generation + 1) % GENERATIONS;
    slot.url = '';
    slot.pattern = null;
    slot.connection = null;
    slot.note = null;
    slot.nextFree = this.#firstFree;
    this.#firstFree = ticket >> GENERATION_BITS;
    this.#size -= 1;
    return true;
  }

  /** Requests may be removed meanwhile, the current one included. */
  *[Symbol.iterator](): Generator<Ticket> {
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.id > 0) yield ticketOf(index, slot);
    }
  }

  /** Counts up; it has no other meaning. */
  id(ticket: Ticket): number {
    return this.#of(ticket).id;
  }

  startedAtMs(ticket: Ticket): number {
    return this.#of(ticket).startedAtMs;
  }

  asyncId(ticket: Ticket): number {
    return this.#of(ticket).asyncId;
  }

  method(ticket: Ticket): string {
    return this.#of(ticket).method;
  }

  url(ticket: Ticket): string {
    return this.#of(ticket).url;
  }

  connection(ticket: Ticket): object | undefined {
    return this.#of(ticket).connection?.deref();
  }

  hasConnection(ticket: Ticket): boolean {
    return this.#of(ticket).connection !== null;
  }

  /** The route as the program or its framework told it; null while none has. */
  pattern(ticket: Ticket): string | null {
    return this.#of(ticket).pattern;
  }

  setPattern(ticket: Ticket, pattern: string): void {
    this.#of(ticket).pattern = pattern;
  }

  isAnswering(ticket: Ticket): boolean {
    return this.#of(ticket).isAnswering;
  }

  setAnswering(ticket: Ticket): void {
    this.#of(ticket).isAnswering = true;
  }

  note(ticket: Ticket): Note | null {
    return this.#of(ticket).note;
  }

  setNote(ticket: Ticket, note: Note): void {
    this.#of(ticket).note = note;
  }

  #of(ticket: Ticket): Slot<Note> {
    return this.#slots[ticket >> GENERATION_BITS]!;
  }

  /** Called with no slot free. */
  #grow(): boolean {
    const index = this.#slots.length;
    if (index >= this.#limit) return false;
    this.#slots.push({
      id: 0,
      generation: 0,
      // No whole number: V8 keeps the field as what it will hold.
      startedAtMs: 0.5,
      asyncId: 0,
      isAnswering: false,
      method: '',
      url: '',
      pattern: null,
      connection: null,
      note: null,
      nextFree: NO_SLOT,
    });
    this.#firstFree = index;
    return true;
  }
}

function ticketOf(index: number, { generation }: { generation: number }): Ticket {
  return (index << GENERATION_BITS) | generation;
}

/** The connection of each request, weakly: one reference for all the requests that arrive over it. */
export function weakly(connection: object): WeakRef<object> {
  return new OwnWeakRef(connection);
}
