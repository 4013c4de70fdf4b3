/** How long a look at a thread that is stalled is waited for. */
import { starvedMsOf, type ThreadTime } from '../../base/thread-time.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { monotonicMs } from '../../link/heartbeat.ts';
import { ANSWER_DEADLINE_MS } from '../../link/inspector.ts';

/** A thread that is given next to nothing is not waited for for ever. */
const LONGEST_MS = 5_000;
const SHORTEST_MS = 25;

/**
 * Whether a look is answered in time: of the thread's own, since who waits for a core can give no answer, and is not in
 * native code for that.
 * @param threadTime what the thread was given of the CPU; null where that is not told
 */
export async function isAnsweredInTime(
  answered: Promise<void>,
  threadTime: () => ThreadTime | null,
): Promise<boolean> {
  const askedMs = monotonicMs();
  const before = threadTime();
  const isThere = answered.then(() => true);
  let waitMs = ANSWER_DEADLINE_MS;
  while (waitMs > 0) {
    if (await withDeadline(isThere, waitMs, oneTurnLater(isThere))) return true;
    const lastedMs = monotonicMs() - askedMs;
    const starvedMs = starvedMsOf(lastedMs, before, threadTime());
    const leftMs = starvedMs === 0 ? 0 : ANSWER_DEADLINE_MS - lastedMs + starvedMs;
    waitMs = leftMs <= 0 || lastedMs >= LONGEST_MS ? 0 : Math.max(SHORTEST_MS, leftMs);
  }
  return false;
}

/** Where this thread was itself kept from running, the answer has come, and is read after the timer. */
function oneTurnLater(isThere: Promise<boolean>): () => Promise<boolean> {
  const turn = () => new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return () => Promise.race([isThere, turn()]);
}
