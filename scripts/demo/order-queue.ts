/** Background work: a consumer that waits for orders, and for nothing else, all its life. */
import { setTimeout as delay } from 'node:timers/promises';

const PACKING_TAKES_MS = 150;
const LONGEST_QUEUE = 100;

const orders: number[] = [];
let wakeConsumer: (() => void) | undefined;

/** False where the queue is full. */
export function placeOrder(product: number): boolean {
  if (orders.length >= LONGEST_QUEUE) return false;
  orders.push(product);
  wakeConsumer?.();
  return true;
}

export async function consumeOrders(): Promise<never> {
  for (;;) {
    if (orders.shift() === undefined) await nextOrder();
    else await delay(PACKING_TAKES_MS);
  }
}

function nextOrder(): Promise<void> {
  return new Promise((resolve) => {
    wakeConsumer = resolve;
  });
}
