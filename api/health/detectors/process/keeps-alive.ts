import { isOwn } from '../../../base/files/frame-origin.ts';
import { isRuntimeFile } from '../../../base/files/own-files.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { OutsideLevel } from '../../evidence/outside.ts';
import type { TaskEvidence } from '../../evidence/tasks.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { isServing, isServingItself } from '../../serving.ts';
import { countWords, culpritOf, frameWords } from '../../words.ts';

interface KeepsAlive extends Detection {
  keepers: readonly TaskEvidence[];
  idleForMs: number;
  /** It has served itself alone. */
  hasServer: boolean;
}

/** So long nothing has changed. */
const IDLE_MS = 60_000;
/** Points are some seconds apart. */
const TOLERANCE_MS = 10_000;
const LONG_ENOUGH_MS = IDLE_MS - TOLERANCE_MS;
/** Of the time: what a timer that does nothing takes, and pprofql. */
const IDLE_SHARE = 0.05;
const MOST_NAMED = 3;

/** Node lists what it writes to as well, whether or not anybody waits for it. */
const STREAMS = /^(?:Pipe|TTY)Wrap$/i;
/** The same among the tasks, by who makes them. */
const MAKES_STREAM = /^(?:process\.)?(?:getStdout|getStderr|createWritableStdioStream)$/;
/** A pipe that was there before any code of the program ran, and that is not its output. */
const CHANNEL = /^PipeWrap$/i;
/** What may be left over when all is done. */
const REMAINS =
  /^(?:Timeout|TCPSocketWrap|TLSWrap|TCPServerWrap|FSEventWrap|StatWatcher|MessagePort|ProcessWrap)$/i;
const CHILD = 'ProcessWrap';
/** Makes the standard input of the program, for whoever reads it. */
const MAKES_INPUT = /^(?:process\.)?getStdin$/;
/** Makes a child process, and the pipes to it. */
const CHILD_FILE = /^node:(?:internal\/)?child_process$/;
const CHILD_STATE = 'child process';
const WORKER = 'WORKER';
const SERVER_STATE = 'listen';
const KEEPERS: ReadonlyMap<string, string> = new Map([
  ['timer', 'timer'],
  [SERVER_STATE, 'server'],
  [CHILD_STATE, 'child process'],
  ['IO wait', 'socket'],
  ['terminal', 'terminal'],
  ['file watch', 'file watcher'],
  ['worker', 'worker thread'],
  ['message port', 'message port'],
  ['untracked', 'handle'],
]);

/** A program has nothing left to do, and does not end: what keeps it. */
export const keepsAlive: Detector<KeepsAlive> = {
  name: 'keeps-alive',
  kind: 'KEEPS_ALIVE',
  question: 'something keeps the program from ending',
  check(evidence) {
    const idleForMs = idleMsOf(evidence);
    if (idleForMs === null) return null;
    if (evidence.tasks === null) return TOO_EARLY;
    const keepers = keepersOf(evidence.tasks);
    const [first] = keepers;
    if (first === undefined) return null;
    return {
      severity: 'NOTICE',
      sinceMs: evidence.nowMs - idleForMs,
      culprit: culpritOf(first.frames),
      stack: first.frames,
      count: keepers.reduce((sum, { count }) => sum + count, 0),
      keepers,
      idleForMs,
      hasServer: isServingItself(evidence),
    };
  },
  sentence({ keepers, idleForMs, hasServer }) {
    const named = keepers.slice(0, MOST_NAMED).map(keeperWords);
    const rest = keepers.length - named.length;
    const all = rest > 0 ? [...named, `${countWords(rest, 'other')}`] : named;
    const nobody = hasServer ? 'nobody but the program itself has asked it' : 'nothing listens';
    return `Nothing has happened for ${durationText(idleForMs)}, and ${nobody}: the program is kept from ending by ${all.join(' and ')}.`;
  },
  nextStep: () =>
    'If it should have ended, clear or `unref()` the timer and close what is open (`close()`, `end()`, `kill()`, `terminate()`) when the work is done; if it waits on purpose, all is well.',
};

/** How long nothing has changed; null where something has, or somebody may come. */
export function idleMsOf(evidence: Omit<Evidence, 'nowMs'>): number | null {
  const idleForMs = remainsForMs(evidence);
  if (idleForMs === null || idleForMs < LONG_ENOUGH_MS) return null;
  return hasChildren(evidence) && !haveIdleChildren(evidence) ? null : idleForMs;
}

/** The same of the program alone, by figures that are there anyway, however short it is. */
export function remainsForMs(evidence: Omit<Evidence, 'nowMs'>): number | null {
  const { kind, outside, cpuTime, points } = evidence;
  const levels = outside?.levels ?? [];
  const latest = levels.at(-1);
  if (kind !== 'NODE' || latest === undefined) return null;
  if (isServing(evidence) && !isServingItself(evidence)) return null;
  if (!isRemainder(latest) || hasBusyWorkers(evidence)) return null;
  const changedAt = levels.findLastIndex((level) => handleKey(level) !== handleKey(latest));
  const sinceMs = levels[changedAt + 1]?.atMs ?? latest.atMs;
  const idleForMs = latest.atMs - sinceMs;
  const isIdle =
    cpuTime === null
      ? points
          .filter(({ timestampMs }) => timestampMs > latest.atMs - IDLE_MS)
          .every(({ eventLoopUtilization }) => (eventLoopUtilization ?? 0) <= IDLE_SHARE)
      : cpuTime.ranMs <= cpuTime.lastedMs * IDLE_SHARE;
  return isIdle ? idleForMs : null;
}

/** Processes that it has begun, and that keep it. */
export function hasChildren({ outside }: Pick<Evidence, 'outside'>): boolean {
  return (outside?.levels.at(-1)?.handles?.[CHILD] ?? 0) > 0;
}

/** Whoever works, or listens, is waited for on purpose. */
function haveIdleChildren({ children, outside }: Pick<Evidence, 'children' | 'outside'>): boolean {
  if (children == null || children.areListening) return false;
  return (outside?.levels.at(-1)?.atMs ?? 0) - children.idleSinceMs >= LONG_ENOUGH_MS;
}

function namesOf({ handles }: OutsideLevel): string[] {
  return Object.keys(handles ?? {}).filter((name) => !STREAMS.test(name));
}

/** Of those that are there, each has to be known to be idle. */
function hasBusyWorkers({ outside }: Pick<Evidence, 'outside'>): boolean {
  const workers = outside?.made.filter(({ kind }) => kind === WORKER) ?? [];
  const { workers: count = 0 } = outside?.levels.at(-1) ?? {};
  return workers.reduce((sum, { idle }) => sum + (idle ?? 0), 0) < count;
}

/** Only what is left over where all is done, and something of it: a pipe or a terminal may be what it reads. */
function isRemainder(level: OutsideLevel): boolean {
  const isSomething = Object.keys(level.handles ?? {}).length + level.workers > 0;
  return isSomething && namesOf(level).every((name) => REMAINS.test(name));
}

function handleKey(level: OutsideLevel): string {
  return namesOf(level)
    .sort()
    .map((name) => `${name} ${level.handles?.[name]}`)
    .concat(`workers ${level.workers}`)
    .join();
}

/**
 * Timers first. Empty where one of them is young, so that something has happened, or where a function of the
 * program waits: then it goes on.
 */
function keepersOf(tasks: readonly TaskEvidence[]): readonly TaskEvidence[] {
  const waits = tasks.filter(({ stackKind }) => stackKind === 'WAITS');
  const refed = tasks.filter(({ refed: count, frames }) => (count ?? 0) > 0 && !isStream(frames));
  const areLeftOver = refed.every(
    (task) => KEEPERS.has(task.state) && (isOld(task) || (isHeartbeat(task) && waits.length === 0)),
  );
  if (waits.some(({ frames }) => culpritOf(frames) !== null) || !areLeftOver) return [];
  // A heartbeat is that of something: alone, it is a schedule. Whoever has begun a process may send it work.
  if (!refed.some(isOld) || refed.some(isChannel) || refed.some(isInputOfPackage)) return [];
  const order = [...KEEPERS.keys()];
  const isNamed = ({ frames }: TaskEvidence) => (culpritOf(frames) === null ? 1 : 0);
  const hasChild = refed.some(({ state }) => state === CHILD_STATE);
  // The pipes to a child are told with it.
  const told = refed.filter((task) => !hasChild || !isPipeToChild(task));
  return told.sort(
    (a, b) => isNamed(a) - isNamed(b) || order.indexOf(a.state) - order.indexOf(b.state),
  );
}

function isOld({ newestWaitMs }: TaskEvidence): boolean {
  return (newestWaitMs ?? IDLE_MS) >= LONG_ENOUGH_MS;
}

/** A timer that a package sets anew and again, with none of the program's code, as a client does to keep its connection. */
function isHeartbeat({ state, frames }: TaskEvidence): boolean {
  return state === 'timer' && culpritOf(frames) === null;
}

/** To the process that has begun this one, as a worker of a cluster has it, which listens by that alone. */
function isChannel({ state, topFrame }: TaskEvidence): boolean {
  return state === 'untracked' && topFrame !== null && CHANNEL.test(topFrame.function);
}

/** A package that reads what the program is given serves whoever writes it, as one does for an editor. */
function isInputOfPackage({ frames }: TaskEvidence): boolean {
  const at = frames.findIndex(isInput);
  if (at < 0) return false;
  const reader = frames.slice(at + 1).find(({ file }) => file !== '' && !isRuntimeFile(file));
  return reader !== undefined && !isOwn(reader);
}

function isInput({ function: name }: Frame): boolean {
  return MAKES_INPUT.test(name);
}

function isPipeToChild({ state, frames }: TaskEvidence): boolean {
  return state !== CHILD_STATE && frames.some(({ file }) => CHILD_FILE.test(file));
}

function isStream(frames: readonly Frame[]): boolean {
  return frames.some(({ function: name }) => MAKES_STREAM.test(name));
}

/** For example `a timer of startTelemetry (telemetry.mjs:2)`. */
function keeperWords({ state, count, frames, topFrame }: TaskEvidence): string {
  const noun = KEEPERS.get(state) ?? state;
  const some = count === 1 ? `a ${noun}` : countWords(count, noun);
  const what = frames.some(isInput) ? 'the standard input' : some;
  const place = culpritOf(frames) ?? topFrame;
  return place === null ? what : `${what} of ${frameWords(place)}`;
}
