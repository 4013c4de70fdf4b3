/**
 * THE HANG. One lock a product. `reserveStock` returns early for a product that is sold out and
 * forgets to release its lock: the next customer who wants it waits forever.
 * In pprofql: a `PER_REQUEST` group below `reserveStock`, potentially stuck after a minute.
 */
export const SOLD_OUT_PRODUCT = 13;

type Release = () => void;

class Lock {
  #isHeld = false;
  readonly #waiting: ((release: Release) => void)[] = [];

  acquire(): Promise<Release> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#handOver();
    });
  }

  #handOver(): void {
    if (this.#isHeld) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#isHeld = true;
    next(() => {
      this.#isHeld = false;
      this.#handOver();
    });
  }
}

const locks = new Map<number, Lock>();

function lockFor(product: number): Lock {
  const lock = locks.get(product) ?? new Lock();
  locks.set(product, lock);
  return lock;
}

export async function reserveStock(product: number): Promise<boolean> {
  const release = await lockFor(product).acquire();
  if (product === SOLD_OUT_PRODUCT) return false; // The bug: the lock stays held.
  release();
  return true;
}
