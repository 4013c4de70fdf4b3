/** Which of the known names somebody meant who wrote another. */

const LONGEST_COMPARED = 64;

/** The known name with the fewest letters to change, add or leave out; the first of several. */
export function nearestName(name: string, known: Iterable<string>): string {
  let nearest = '';
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const steps = editDistance(name.slice(0, LONGEST_COMPARED), candidate);
    if (steps < fewest) [nearest, fewest] = [candidate, steps];
  }
  return nearest;
}

/** Levenshtein's distance, one row of its table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let other = 1; other <= to.length; other++) {
      const replaced = row[other - 1]! + (from[at - 1] === to[other - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[other]! + 1, next[other - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
