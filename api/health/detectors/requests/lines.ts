/** Lines of the program that many wait at, and how a sentence names them. */
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Finding } from '../../finding.ts';
import { culpritOf, frameWords, groupedDigits } from '../../words.ts';

export interface Line {
  culprit: Frame;
  /** Of one that waits there. */
  frames: readonly Frame[];
  count: number;
}

export interface Lines {
  /** Most first. */
  lines: readonly Line[];
  /** All of them, those included whose line is not known. */
  total: number;
}

export function linesOf(stacks: readonly (readonly Frame[])[]): Lines {
  const lines = new Map<string, Line>();
  for (const frames of stacks) {
    const culprit = culpritOf(frames);
    if (culprit === null) continue;
    const key = lineKey(culprit);
    const known = lines.get(key);
    if (known === undefined) lines.set(key, { culprit, frames, count: 1 });
    else known.count += 1;
  }
  return {
    lines: [...lines.values()].sort((a, b) => b.count - a.count),
    total: stacks.length,
  };
}

/**
 * For example `in load (src/a.ts:7)`, `mostly in …`, `as many in … as in …`, `30 of them in …`, or where no other line
 * is known, `all 30 whose place is known in …`. Null where no line is known.
 */
export function lineWords(lines: Lines): string | null {
  return placeOf(lines)?.words ?? null;
}

/** The same after a verb or a noun: ` in load (src/a.ts:7)`, `, 30 of them in …`; empty where no line is known. */
export function lineClause(lines: Lines): string {
  const place = placeOf(lines);
  if (place === null) return '';
  return place.isOfSome ? `, ${place.words}` : ` ${place.words}`;
}

function placeOf({ lines, total }: Lines): { words: string; isOfSome: boolean } | null {
  const [first, second] = lines;
  if (first === undefined) return null;
  const place = frameWords(first.culprit);
  if (first.count === total) return { words: `in ${place}`, isOfSome: false };
  if (second?.count === first.count) {
    return { words: `as many in ${place} as in ${frameWords(second.culprit)}`, isOfSome: false };
  }
  if (first.count * 2 >= total) return { words: `mostly in ${place}`, isOfSome: false };
  const some =
    second !== undefined
      ? `${groupedDigits(first.count)} of them`
      : first.count === 1
        ? 'the only one whose place is known'
        : `all ${groupedDigits(first.count)} whose place is known`;
  return { words: `${some} in ${place}`, isOfSome: true };
}

/** What requests wait for stays in memory meanwhile: promises that pile up where they wait are told with them. */
export function isPileOf({ lines }: Lines, { kind, bytes, culprit }: Finding): boolean {
  if (kind !== 'HEAP_GROWTH' || bytes !== null || culprit === null) return false;
  return lines.some((line) => isSameFunction(line.culprit, culprit));
}

/** Most first. */
export function routeCounts(routes: readonly string[]): { route: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const route of routes) counts.set(route, (counts.get(route) ?? 0) + 1);
  return [...counts]
    .map(([route, count]) => ({ route, count }))
    .sort((a, b) => b.count - a.count || (a.route < b.route ? -1 : 1));
}

/** For example `GET /a`, `GET /a and GET /b`, `GET /a and 3 other routes`. */
export function routeWords(routes: readonly { route: string }[]): string {
  const [first, second] = routes;
  if (first === undefined) return 'no route';
  if (second === undefined) return first.route;
  return routes.length === 2
    ? `${first.route} and ${second.route}`
    : `${first.route} and ${routes.length - 1} other routes`;
}
