/** Requests in flight, in the order they began. Linked in place: adding and removing allocate nothing. */

export interface Linked<T> {
  previous: T | null;
  next: T | null;
}

export class RequestList<T extends Linked<T>> {
  #first: T | null = null;
  #last: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that began last, from where `previous` leads to the others. */
  get last(): T | null {
    return this.#last;
  }

  add(item: T): void {
    item.previous = this.#last;
    if (this.#last === null) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size += 1;
  }

  /** @returns false for an item that is not in the list. */
  remove(item: T): boolean {
    if (item.previous === null && this.#first !== item) return false;
    if (item.previous === null) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === null) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.previous = null;
    item.next = null;
    this.#size -= 1;
    return true;
  }

  /** Items may be removed meanwhile, the current one included. */
  *[Symbol.iterator](): Generator<T> {
    let item = this.#first;
    while (item !== null) {
      const { next } = item;
      yield item;
      item = next;
    }
  }
}
