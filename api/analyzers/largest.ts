/** Rows of a table that nobody asked for more of. */
export const TABLE_ROWS = 50;

/**
 * The first `limit` items in the order of `compare`, sorted, without sorting the rest.
 * `largest([3, 1, 2], 2, (a, b) => b - a)` is `[3, 2]`.
 */
export function largest<Item>(
  items: readonly Item[],
  limit: number,
  compare: (a: Item, b: Item) => number,
): Item[] {
  if (limit >= items.length) return items.toSorted(compare);
  const kept = items.slice(0, limit).sort(compare);
  for (let at = limit; at < items.length; at++) {
    const item = items[at]!;
    if (limit === 0 || compare(item, kept[limit - 1]!) >= 0) continue;
    kept.pop();
    kept.splice(placeOf(item, kept, compare), 0, item);
  }
  return kept;
}

/** Where an item belongs in a sorted list, behind its equals. */
function placeOf<Item>(
  item: Item,
  sorted: readonly Item[],
  compare: (a: Item, b: Item) => number,
): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(item, sorted[middle]!) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
