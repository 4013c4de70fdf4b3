/**
 * Who began to wait at a lock or a pool before all others, where nobody in flight is known to hold it: it may hold what
 * it waits for, as whoever asks for the right to write while it has that to read.
 */
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { hungRequests } from './hung.ts';
import { type PoolWait, poolWaits } from './pool-waits.ts';

/**
 * Null where it may as well be one of those that wait for another's fault: it stands where many do, or its route has
 * been answered before.
 */
export function firstWaiter(evidence: Evidence, crowd: readonly PoolWait[]): PoolWait | null {
  const [{ gate }] = crowd as [PoolWait];
  const unanswered = (evidence.requests ?? []).filter(({ isUnanswered }) => isUnanswered);
  const [first, second] = poolWaits(unanswered)
    .filter((wait) => isOfOne(wait.gate, gate))
    .sort((a, b) => b.request.ageMs - a.request.ageMs);
  if (first === undefined || second === undefined) return null;
  const { request, culprit } = first;
  const areAlike = crowd.some(
    (wait) => wait.request.id !== request.id && isSameFunction(wait.culprit, culprit),
  );
  const isAnswered = evidence.routes?.some(
    ({ route, count }) => route === request.route && count > 0,
  );
  const isOldest = hungRequests(evidence).every(({ ageMs }) => ageMs <= request.ageMs);
  const isBefore = request.ageMs > second.request.ageMs;
  return isBefore && isOldest && !areAlike && isAnswered === false ? first : null;
}

/** For example `RwLock.readLock` and `RwLock.writeLock`. */
function isOfOne(gate: PoolWait['gate'], other: PoolWait['gate']): boolean {
  return gate.file === other.file && classOf(gate) === classOf(other);
}

function classOf({ function: name }: PoolWait['gate']): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
