/** The crowd that waits for one pool, lock or limiter, who holds it, and who of them waits for it again. */
import { isOwn } from '../../../base/files/frame-origin.ts';
import { durationText } from '../../../base/text/duration.ts';
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestEvidence } from '../../evidence/tasks.ts';
import type { Detection, Finding } from '../../finding.ts';
import { countWords, culpritOf, frameWords, groupedDigits } from '../../words.ts';
import { firstWaiter } from './first-waiter.ts';
import { hungRequests } from './hung.ts';
import { isPileOf, type Lines, linesOf, routeCounts } from './lines.ts';
import { innermostGate, type PoolWait, poolWaits, standsIn } from './pool-waits.ts';
import { turnWaits } from './turn-waits.ts';

export interface PoolCrowd extends Detection {
  count: number;
  /** Of their routes, those that hang as well and of which nobody knows where: most likely here. */
  unplaced: number;
  oldestMs: number;
  /** What gives turns, in words. */
  gate: string;
  waiters: Lines;
  /** Where those stand who have had their turn; null where they are not known. */
  holders: Lines | null;
  /** Other lines that wait for what those wait for, most requests first: where no holder is known, what they took may be missing. */
  alsoWaiting: readonly Frame[];
  /** Who waited before all others, and may hold it himself; null where holders are known, or that is not to be told. */
  first: PoolWait | null;
  /** Each of those waits for another turn. */
  isDeadlock: boolean;
}

/** In a pool that is large enough nobody waits as long for a place. */
const LONG_MS = 10_000;
const FEWEST_WAITERS = 2;
/** Of the routes that wait, beside those that do: the holders, and who is stuck for something else. */
const MOST_ELSEWHERE = 0.25;
const MOST_BESIDE = 3;

export function poolCrowd(evidence: Evidence): PoolCrowd | null {
  const crowd = crowdOf(evidence, poolWaits) ?? heldCrowd(evidence);
  if (crowd === null) return null;
  const nested = nestedWaits(crowd).map(({ request, culprit }) => ({ request, frames: [culprit] }));
  const { gate } = crowd[0]!;
  const others = holdersOf(evidence, crowd).map((request) => ({ request, frames: request.frames }));
  const again = others.filter(({ request }) => standsIn(request, gate));
  const holders = [...nested, ...others];
  const isDeadlock = holders.length > 0 && again.length === others.length;
  return detectionOf(evidence, crowd, {
    holders: holders.length === 0 ? null : linesOf(holders.map(({ frames }) => frames)),
    first: holders.length === 0 ? firstWaiter(evidence, crowd) : null,
    isDeadlock,
  });
}

/** Requests that hang for this are told already. */
export function hidesHungRequests(
  { count, unplaced, waiters, holders, first }: PoolCrowd,
  other: Finding,
): boolean {
  if (isPileOf(waiters, other)) return true;
  const told = count + unplaced + (holders?.total ?? 0) + (first === null ? 0 : 1);
  return other.kind === 'STUCK_REQUESTS' && (other.count ?? 0) <= told;
}

export function crowdWords({ count, unplaced, gate, oldestMs }: PoolCrowd): string {
  const likely =
    unplaced === 0 ? '' : `, and likely ${groupedDigits(unplaced)} more whose place is not known,`;
  return `${countWords(count, 'request')}${likely} wait for ${gate}, for up to ${durationText(oldestMs)}`;
}

/** The requests that wait for one gate: the largest crowd in which some have waited for long. */
function crowdOf(
  { requests }: Evidence,
  waitsOf: (requests: readonly RequestEvidence[]) => PoolWait[],
): PoolWait[] | null {
  const unanswered = (requests ?? []).filter(({ isUnanswered }) => isUnanswered);
  const crowds = new Map<string, PoolWait[]>();
  for (const wait of waitsOf(unanswered)) {
    const key = `${wait.gate.function} ${wait.gate.file}`;
    const crowd = crowds.get(key);
    if (crowd === undefined) crowds.set(key, [wait]);
    else crowd.push(wait);
  }
  const [largest] = [...crowds.values()]
    .filter((crowd) => crowd.filter(isLong).length >= FEWEST_WAITERS)
    .sort((a, b) => b.length - a.length);
  return largest === undefined ? null : [...largest, ...waitingAlike(unanswered, largest)];
}

/**
 * What is called like no pool is one where requests hang and somebody has had his turn: he went on from where others
 * wait before the first of them began to, or waits for one more. Who is still in it does the work for all.
 */
function heldCrowd(evidence: Evidence): PoolWait[] | null {
  const crowd = crowdOf(evidence, turnWaits);
  const hung = new Set(hungRequests(evidence).map(({ id }) => id));
  if (crowd === null || !crowd.some(({ request }) => hung.has(request.id))) return null;
  if (nestedWaits(crowd).length > 0) return crowd;
  const firstMs = Math.max(...crowd.map(({ request }) => request.ageMs));
  const { gate } = crowd[0]!;
  const holders = holdersOf(evidence, crowd);
  const haveGoneOn = (request: RequestEvidence) =>
    request.ageMs >= firstMs && !standsIn(request, gate);
  return holders.length > 0 && holders.every(haveGoneOn) ? crowd : null;
}

/** Whoever stands at the very line waits like them: of some, what is pending further in is not known. */
function waitingAlike(
  requests: readonly RequestEvidence[],
  crowd: readonly PoolWait[],
): PoolWait[] {
  const known = new Set(crowd.map(({ request }) => request.id));
  const lines = new Map(crowd.map((wait) => [lineKey(wait.culprit), wait]));
  return requests
    .filter(({ id }) => !known.has(id))
    .flatMap((request) => {
      const wait = lines.get(lineKey(culpritOf(request.frames)));
      return wait === undefined ? [] : [{ ...wait, request, frames: request.frames }];
    });
}

function isLong({ request }: PoolWait): boolean {
  return request.ageMs >= LONG_MS;
}

/**
 * Who stands in the function in which others wait for their first turn, and waits for one somewhere
 * else, has had that turn.
 */
function nestedWaits(crowd: readonly PoolWait[]): PoolWait[] {
  return crowd.flatMap((wait) => {
    const { request, culprit } = wait;
    if (isWithinTurn(wait)) return [wait];
    const asks = asksAgain(wait);
    if (asks !== null) return [{ ...wait, culprit: asks }];
    const isNested = crowd.some(
      (other) =>
        !isSameFunction(other.culprit, culprit) &&
        standsIn(request, other.culprit) &&
        !standsIn(other.request, culprit),
    );
    return isNested ? [wait] : [];
  });
}

/**
 * Where one function waits for turns on behalf of others, and has given this request one already: who asks
 * for the second. For example `withTurn:15 < loadPart:19 < withTurn:16 < exportAll:22` → `loadPart:19`.
 */
function asksAgain({ culprit, frames }: PoolWait): Frame | null {
  const at = frames.findIndex(
    (frame) => isSameFunction(frame, culprit) && frame.line === culprit.line,
  );
  const callers = frames.slice(at + 1);
  const before = callers.findIndex(
    (frame) => isSameFunction(frame, culprit) && frame.line !== culprit.line,
  );
  if (at === -1 || before === -1) return null;
  return culpritOf(callers.slice(0, before).filter((frame) => !isSameFunction(frame, culprit)));
}

/** What gives turns has called the work that asks it for another: `use:5 < cookDish:12 < cookMenu:9 < use:7 < handler`. */
function isWithinTurn({ gate, frames }: PoolWait): boolean {
  const at = frames.findIndex((frame) => isSameFunction(frame, gate));
  const callers = frames.slice(at + 1);
  const calledAt = callers.findIndex((frame) => isOwn(frame) && !isSameFunction(frame, gate));
  return callers
    .slice(calledAt + 1)
    .some((frame) => isSameFunction(frame, gate) && frame.line !== frames[at]?.line);
}

/** Who stands where others wait, and does not wait for the gate. */
function holdersOf({ requests }: Evidence, crowd: readonly PoolWait[]): RequestEvidence[] {
  const waiting = new Set(crowd.map(({ request }) => request.id));
  return (requests ?? []).filter(
    (request) =>
      request.isUnanswered &&
      !waiting.has(request.id) &&
      culpritOf(request.frames) !== null &&
      crowd.some(({ culprit }) => standsIn(request, culprit)),
  );
}

/** They are as many as sampling leaves out; where those that are known stand elsewhere as well, these may too. */
function unplacedOf(evidence: Evidence, crowd: readonly PoolWait[]): number {
  const waiting = new Set(crowd.map(({ request }) => request.id));
  const routes = new Set(crowd.map(({ request }) => request.route));
  const others = hungRequests(evidence).filter(
    ({ id, route }) => !waiting.has(id) && routes.has(route),
  );
  const unplaced = others.filter(({ frames }) => culpritOf(frames) === null);
  const isElsewhere = others.length - unplaced.length > crowd.length * MOST_ELSEWHERE;
  return isElsewhere ? 0 : unplaced.length;
}

/** For example `Cursor.next` and `Cursor.toArray` of one package both wait for its `Pool.checkOut`. */
function linesBeside(
  { requests }: Evidence,
  crowd: readonly PoolWait[],
  culprit: Frame | null,
): readonly Frame[] {
  const innermost = innermostGate(crowd[0]!);
  const others = poolWaits((requests ?? []).filter(({ isUnanswered }) => isUnanswered))
    .filter((wait) => isSameFunction(innermostGate(wait), innermost))
    .map((wait) => [wait.culprit]);
  return linesOf(others)
    .lines.map((line) => line.culprit)
    .filter((frame) => lineKey(frame) !== lineKey(culprit))
    .slice(0, MOST_BESIDE);
}

function detectionOf(
  evidence: Evidence,
  crowd: readonly PoolWait[],
  { holders, first, isDeadlock }: Pick<PoolCrowd, 'holders' | 'first' | 'isDeadlock'>,
): PoolCrowd {
  const oldestMs = Math.max(...crowd.map(({ request }) => request.ageMs));
  const waiters = linesOf(crowd.map(({ culprit }) => [culprit]));
  const line = holders?.lines[0] ?? waiters.lines[0];
  const wait = crowd.find(({ culprit }) => culprit === line?.culprit);
  return {
    severity: 'WARNING',
    sinceMs: evidence.nowMs - oldestMs,
    culprit: first?.culprit ?? line?.culprit ?? null,
    stack: first?.frames ?? wait?.frames ?? line?.frames ?? [],
    routes: routeCounts(crowd.map(({ request }) => request.route)),
    count: crowd.length,
    unplaced: unplacedOf(evidence, crowd),
    oldestMs,
    gate: frameWords(crowd[0]!.gate),
    waiters,
    holders,
    alsoWaiting: holders === null ? linesBeside(evidence, crowd, line?.culprit ?? null) : [],
    first,
    isDeadlock,
  };
}
