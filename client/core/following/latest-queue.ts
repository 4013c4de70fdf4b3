/** A bounded queue between a producer that cannot wait and a consumer that may be slow. */

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

export interface LatestQueueOptions<T> {
  /** Items held at most, at least 1. Past it the oldest is given up. */
  limit: number;
  /** Notes the loss of `dropped` on the item that follows it. */
  noteLoss(dropped: T, following: T): T;
}

export class LatestQueue<T> {
  readonly #options: LatestQueueOptions<T>;
  readonly #waiters: Waiter<T>[] = [];
  #items: T[] = [];
  /** Set once nothing more is taken; the error is null where there is none left to deliver. */
  #end: { error: unknown } | null = null;

  constructor(options: LatestQueueOptions<T>) {
    this.#options = options;
  }

  push(item: T): void {
    if (this.#end !== null) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: item });
      return;
    }
    this.#items.push(item);
    if (this.#items.length > this.#options.limit) this.#giveUpOldest();
  }

  /** Ends at once: what is still queued is not delivered. */
  close(): void {
    this.#items = [];
    this.#finish(null);
  }

  /** What is queued is delivered, then the consumer gets this error once. */
  fail(error: unknown): void {
    this.#finish(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    if (this.#end === null) {
      return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    }
    const { error } = this.#end;
    this.#end = { error: null };
    return error === null
      ? Promise.resolve({ done: true, value: undefined })
      : Promise.reject(error);
  }

  #giveUpOldest(): void {
    const dropped = this.#items.shift() as T;
    this.#items[0] = this.#options.noteLoss(dropped, this.#items[0] as T);
  }

  #finish(error: unknown): void {
    if (this.#end !== null && error !== null) return;
    const [first, ...others] = this.#waiters.splice(0);
    this.#end = { error: first === undefined ? error : null };
    if (error === null) first?.resolve({ done: true, value: undefined });
    else first?.reject(error);
    for (const waiter of others) waiter.resolve({ done: true, value: undefined });
  }
}
