/**
 * THE HICCUP. Searching takes some CPU time, and rebuilding the index blocks the event loop for
 * about a fifth of a second, three times a minute. In pprofql: `eventLoop.delayMaxMs`.
 */
import { setTimeout as delay } from 'node:timers/promises';

const PRODUCTS = 300;
const DATABASE_ANSWERS_AFTER_MS = 4;
const REBUILD_EVERY_MS = 17_000;
const REBUILD_BLOCKS_MS = 200;

const row = new Uint16Array(256);
const names = Array.from({ length: PRODUCTS }, (_, index) => `product number ${index * 7919}`);

export async function loadProduct(id: number): Promise<{ id: number; name: string }> {
  await delay(DATABASE_ANSWERS_AFTER_MS);
  return { id, name: names[id % PRODUCTS] ?? 'unknown' };
}

/** The names most like the query, best first. */
export function searchProducts(query: string): string[] {
  const scored = names.map((name) => ({ name, distance: editDistance(query, name) }));
  return scored
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ name }) => name);
}

export function rebuildSearchIndexRegularly(): void {
  setInterval(rebuildSearchIndex, REBUILD_EVERY_MS);
}

function rebuildSearchIndex(): void {
  const endAtMs = performance.now() + REBUILD_BLOCKS_MS;
  while (performance.now() < endAtMs) searchProducts('number');
}

/** Levenshtein's distance, in one row that is reused: CPU time without garbage. */
function editDistance(a: string, b: string): number {
  for (let j = 0; j <= b.length; j++) row[j] = j;
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const distance = Math.min(row[j]! + 1, row[j - 1]! + 1, diagonal + change);
      diagonal = row[j]!;
      row[j] = distance;
    }
  }
  return row[b.length]!;
}
