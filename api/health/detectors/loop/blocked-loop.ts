import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { LoopEvidence } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { functionKey, hotFrameOf } from '../../hot-frame.ts';
import { loopFeederOf } from '../../loop-feeder.ts';
import { frameWords } from '../../words.ts';
import { isStarved } from './cpu-starved.ts';
import { releaseStep } from './held-by.ts';

interface BlockedLoop extends Detection {
  state: Exclude<LoopEvidence['state'], 'RESPONSIVE'>;
  blockedForMs: number;
  isGuess: boolean;
  /** The culprit, or the top of the stack where none of it is the program's. */
  named: Frame | null;
  /** Whether the silence is the main thread's for sure. */
  isOwnThread: boolean;
}

/** Without the time in which it waited for a core. */
const SHORTEST_OWN_MS = 300;
/** With a core of its own it would have been silent for so long, too. */
const SURE_OWN_MS = 1_000;
/** Of the time in code of the program: a line with less is one of many. */
const PROFILED_SHARE = 0.4;
/** Of the busy time, in Node and V8 alone: a single long call leaves them none. */
const ROUNDS_NODE_SHARE = 0.1;
/** A shorter silence of which nobody knows the reason may as well be the machine's. */
const LONG_WITHOUT_CULPRIT_MS = 10_000;
/** By then a CPU profile has told what JavaScript runs, where the looks met none; on a busy machine, too. */
const LONG_UNPROFILED_MS = 30_000;

/** The observed thread does not answer at the moment: because of what, where that is known. */
export const blockedLoop: Detector<BlockedLoop> = {
  name: 'blocked-loop',
  kind: 'BLOCKED_LOOP',
  question: 'the event loop turns',
  check(evidence) {
    return evidence.loop === null ? silence(evidence) : stall(evidence.loop, evidence);
  },
  sentence({ state, isGuess, blockedForMs, named, isOwnThread }) {
    const age = durationText(blockedForMs);
    switch (state) {
      case 'PAUSED_BY_DEBUGGER':
        return `Paused by a debugger for ${age}.`;
      case 'READ_BY_PPROFQL':
        return `${isGuess ? 'Probably held' : 'Held'} up by pprofql for ${age}.`;
      default:
        return `Not answering for ${age}${isOwnThread ? `: ${causeWords(state, named)}` : ''}.`;
    }
  },
  nextStep({ state, named, isOwnThread }) {
    switch (state) {
      case 'PAUSED_BY_DEBUGGER':
        return 'Continue or detach the debugger.';
      case 'READ_BY_PPROFQL':
        return 'Wait: a read of the heap or the start of a CPU profile ends by itself; a lower pause budget makes reads rarer.';
      case 'IN_NATIVE_CODE':
        return releaseStep(true);
      default:
        if (!isOwnThread)
          return 'See whether the process still runs, and ask it by its own pprofql.';
        return named === null
          ? 'Look at the stacks under `stalls`, or take a CPU profile.'
          : releaseStep(false);
    }
  },
};

function stall(loop: LoopEvidence, evidence: Evidence): BlockedLoop | null {
  const { state, isGuess = false, blockedForMs } = loop;
  if (state === 'RESPONSIVE' || isOfMachine(loop)) return null;
  const stack = tellingStack(evidence);
  const culprit = hotFrameOf(stack);
  const isKnown = culprit !== null && blockedForMs - loop.starvedForMs >= SURE_OWN_MS;
  // Where the machine gives it little, the thread also waits for threads of V8 that get as little.
  const isLong = blockedForMs >= longMs(evidence, state) && !isStarved(evidence);
  return {
    severity: isKnown || isLong ? SEVERITIES[state] : 'NOTICE',
    sinceMs: evidence.nowMs - blockedForMs,
    culprit,
    stack,
    state,
    isGuess,
    blockedForMs,
    named: culprit ?? stack[0] ?? null,
    isOwnThread: true,
  };
}

function longMs(evidence: Evidence, state: BlockedLoop['state']): number {
  const isToBeProfiled = state === 'RUNNING_JAVASCRIPT' && !isProfiled(evidence);
  return isToBeProfiled ? LONG_UNPROFILED_MS : LONG_WITHOUT_CULPRIT_MS;
}

/** Since the loop stands still. */
function isProfiled({ loop, hotCode, nowMs }: Evidence): boolean {
  return loop !== null && hotCode !== null && hotCode.takenAtMs >= nowMs - loop.blockedForMs;
}

/**
 * Where no look met the program, what a CPU profile of it met most often. Where the calls are so short that Node begins one
 * after the other, as with `await` of what is there already, the function that goes round is meant: looks meet those that it calls,
 * because V8 lets itself be interrupted as a function begins.
 */
function tellingStack(evidence: Evidence): readonly Frame[] {
  const { loop, hotCode } = evidence;
  const frames = loop?.frames ?? [];
  if (loop?.state !== 'RUNNING_JAVASCRIPT' || hotCode === null) return frames;
  const [main] = hotCode.places;
  if (main === undefined || !isProfiled(evidence)) return frames;
  const isSeen = hotFrameOf(frames) !== null;
  if (!isSeen || hotCode.nodeMs >= ROUNDS_NODE_SHARE * hotCode.busyMs) {
    const feeder = loopFeederOf(hotCode.places);
    if (feeder !== null) return stackFrom(feeder.frame, frames) ?? feeder.frames;
  }
  const ofProgramMs = hotCode.places.reduce((sum, { ms }) => sum + ms, 0);
  // The rest is in V8's own, between one promise and the next.
  return !isSeen && main.ms >= ofProgramMs * PROFILED_SHARE ? main.frames : frames;
}

/** As a look saw it, which knows the line; a profile knows where the function begins. */
function stackFrom(named: Frame, frames: readonly Frame[]): readonly Frame[] | null {
  const at = frames.findIndex((frame) => functionKey(frame) === functionKey(named));
  return at < 0 ? null : frames.slice(at);
}

/** What it was not given a core for is not its own: with one, it would have turned in time. */
function isOfMachine({ state, blockedForMs, starvedForMs }: LoopEvidence): boolean {
  if (state === 'PAUSED_BY_DEBUGGER' || state === 'READ_BY_PPROFQL') return false;
  return starvedForMs >= blockedForMs / 2 && blockedForMs - starvedForMs < SHORTEST_OWN_MS;
}

/** The program is not to blame for a debugger or a read of pprofql. */
const SEVERITIES: Record<BlockedLoop['state'], Detection['severity']> = {
  RUNNING_JAVASCRIPT: 'CRITICAL',
  IN_NATIVE_CODE: 'CRITICAL',
  UNKNOWN: 'CRITICAL',
  PAUSED_BY_DEBUGGER: 'WARNING',
  READ_BY_PPROFQL: 'NOTICE',
};

function causeWords(state: BlockedLoop['state'], named: Frame | null): string {
  const isNative = state === 'IN_NATIVE_CODE';
  if (named === null) return isNative ? 'stuck in native code' : 'the main thread is blocked';
  const where = frameWords(named);
  return isNative ? `stuck in native code called by ${where}` : `stuck in ${where}`;
}

/** By the points alone, where nobody watches the loop. */
function silence({ points, nowMs, kind }: Evidence): BlockedLoop | null {
  const latest = points.at(-1);
  if (latest === undefined || latest.isResponding) return null;
  const lastAnswer = points.findLast(({ isResponding }) => isResponding) ?? points[0] ?? latest;
  return {
    severity: 'CRITICAL',
    sinceMs: lastAnswer.timestampMs,
    state: 'UNKNOWN',
    isGuess: false,
    blockedForMs: Math.max(0, nowMs - lastAnswer.timestampMs),
    named: null,
    isOwnThread: kind === null || kind === 'NODE',
  };
}
