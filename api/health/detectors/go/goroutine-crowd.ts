import { MS_PER_HOUR, MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import { durationText } from '../../../base/text/duration.ts';
import { isOwnPlace } from '../../../go-dump/culprit.ts';
import type { Crowd } from '../../../go-dump/facts.ts';
import { isOfSemaphore } from '../../../go-dump/locks/semaphore.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords, groupedDigits } from '../../words.ts';

interface Crowded extends Detection {
  crowds: readonly Crowd[];
  /** Who has found that they are left behind: Go's garbage collector, or a test at its end; null where they are only many, or wait long. */
  foundBy: 'GO' | 'TEST' | null;
}

/** No pool of workers is this large. */
const LEAK_FROM = 2_000;
const NOTICE_FROM = 5;
const NOTICE_WAIT_MS = MS_PER_HOUR;
/** One goroutine that makes numbers for others waits to send by design; several that wait for minutes are not taken from. */
const SENDERS_FROM = 2;
const SENDING = /^chan send/;
/** Blocks for ever; of one goroutine that may be how its program waits for its end. */
const NIL_CHANNEL = /^chan (?:receive|send) \(nil chan\)/;
const MAIN = 'main.main';
/** Connections of clients that are idle: as many as there are clients. */
const SERVING = /\.\(\*(?:\w*[sS]erver\w*|\w*http2Server)\)\.|\.Serve(?:Conn)?$/;
const HTTP_CONNECTION = /^net\/http\.\(\*(?:persistConn|http2ClientConn)\)\./;
const NAMED = 3;
/** Written by Go 1.27 of a goroutine that nothing reachable can wake. */
const PROVEN = /\(leaked\)$/;
/** What waits for a lock is told of the lock. */
const OF_LOCK = /^(?:semacquire|sync\.)/;

/** Goroutines that gather at one place, whoever made them. */
export const goroutineCrowd: Detector<Crowded> = {
  name: 'goroutine-crowd',
  kind: 'LEFT_BEHIND',
  question: 'goroutines are left behind',
  check({ go, nowMs }) {
    const all = (go?.crowds ?? []).filter(({ state }) => !OF_LOCK.test(state));
    const isOfTest = go?.crash?.kind === 'LEAKED';
    const proven = isOfTest ? all : all.filter(({ state }) => PROVEN.test(state));
    const leaks = proven.length > 0 ? proven : all.filter(isLeak);
    const waiting = all.filter(isWorthANotice);
    const crowds = leaks.length > 0 ? leaks : waiting;
    const [largest] = crowds;
    if (largest === undefined || go?.crash?.kind === 'ALL_ASLEEP') return null;
    return {
      severity: leaks.length > 0 ? 'WARNING' : 'NOTICE',
      sinceMs: nowMs - Math.max(...crowds.map(({ longestWaitMs }) => longestWaitMs)),
      culprit: largest.takers?.culprit ?? largest.culprit,
      stack: largest.frames,
      count: crowds.reduce((sum, { count }) => sum + count, 0),
      crowds,
      foundBy: proven.length === 0 ? null : isOfTest ? 'TEST' : 'GO',
    };
  },
  sentence({ crowds, count, foundBy }) {
    const longestMs = Math.max(...crowds.map(({ longestWaitMs }) => longestWaitMs));
    const wait = longestMs < MS_PER_MINUTE ? '' : `, for up to ${durationText(longestMs)}`;
    const [only, ...others] = crowds;
    if (only !== undefined && others.length === 0) {
      const verb =
        foundBy === null
          ? `${only.count === 1 ? 'is' : 'are'} at one place,`
          : foundWords(foundBy, only.count);
      return `${countWords(only.count, 'goroutine')} ${verb} in ${placeWords(only)}${wait}${takerWords(only)}.`;
    }
    const named = crowds
      .slice(0, NAMED)
      .map((crowd) => `${groupedDigits(crowd.count)} in ${placeWords(crowd)}`);
    const more = crowds.length > NAMED ? ` and ${crowds.length - NAMED} more` : '';
    const verb = foundBy === null ? 'are' : foundWords(foundBy, count ?? 0);
    return `${countWords(count ?? 0, 'goroutine')} ${verb} at ${crowds.length} places: ${named.join(', ')}${more}${wait}.`;
  },
  nextStep: ({ crowds: [largest] }) => (largest === undefined ? STEP : stepFor(largest)),
};

function foundWords(foundBy: 'GO' | 'TEST', count: number): string {
  if (foundBy === 'GO') return 'can never go on, as Go has proven,';
  return `${count === 1 ? 'is' : 'are'} still there at the end of the test,`;
}

const STEP =
  'Look at what should end them: a channel that is closed, a context that is canceled, a connection that is given back.';

/** Only those inside of a function that took it are seen. */
function takerWords({ takers }: Crowd): string {
  if (takers === null) return '';
  const { count, countHere, state, culprit } = takers;
  const who = `${groupedDigits(count)} ha${count === 1 ? 's' : 've'} likely taken it`;
  const where = count === countHere ? 'in' : 'mostly in';
  return `; ${who}, ${where} ${frameWords(culprit)}${state === '' ? '' : ` (${state})`}`;
}

function stepFor({ culprit, state, frames, takers }: Crowd): string {
  if (HTTP_CONNECTION.test(culprit.function)) {
    return 'Close the body of every response, and share one http.Client: each Transport keeps connections of its own.';
  }
  if (takers !== null)
    return 'Look at why this takes so long: give it a time limit, or give back the semaphore before.';
  if (frames.some(isOfSemaphore)) return 'Look for the Release that never comes.';
  if (NIL_CHANNEL.test(state)) {
    return 'Make the channel before it is used: one that is nil blocks for ever, as does the Done of context.Background.';
  }
  return SENDING.test(state)
    ? 'Look for who should receive, and has gone or never began; or give the channel room.'
    : STEP;
}

function isLeak({ count, culprit, creator }: Crowd): boolean {
  if (count < LEAK_FROM) return false;
  if (isOwnPlace(culprit)) return true;
  return !SERVING.test(culprit.function) && !SERVING.test(creator?.function ?? '');
}

/** Whether connections of HTTP are told as a leak by themselves. */
export function tellsOfConnections(crowds: readonly Crowd[]): boolean {
  return crowds.some((crowd) => isLeak(crowd) && HTTP_CONNECTION.test(crowd.culprit.function));
}

/** Of libraries, those that are idle are many. */
function isWorthANotice(crowd: Crowd): boolean {
  const { count, longestWaitMs, culprit, state, frames, mayBeIdle } = crowd;
  if (longestWaitMs < MS_PER_MINUTE || !isOwnPlace(culprit)) return false;
  if (NIL_CHANNEL.test(state)) return count > 1 || culprit.function !== MAIN;
  if (SENDING.test(state)) return count >= SENDERS_FROM;
  if (count < NOTICE_FROM) return false;
  return frames.some(isOfSemaphore) || (longestWaitMs >= NOTICE_WAIT_MS && !mayBeIdle);
}

function placeWords({ culprit, creator, state, frames }: Crowd): string {
  const what = frames.some(isOfSemaphore) ? 'a semaphore' : state;
  const wait = what === '' ? '' : ` (${what})`;
  return `${frameWords(culprit)}${wait}${creator === null ? '' : `, created by ${creator.function}`}`;
}
