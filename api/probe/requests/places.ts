/** Where each request in flight waits, by the tasks that a reading has of it. */

import { isOwn } from '../../base/files/frame-origin.ts';
import { isRuntimeFile } from '../../base/files/own-files.ts';
import { math } from '../../base/numbers/math.ts';
import type { StackFrame, TaskReading, TasksReading } from '../readings/tasks.ts';
import { routeName } from './routes/names/route-name.ts';

export interface RequestPlaces {
  /** As in `GET /users/:id`. */
  route: string;
  /** How many requests it stands for. */
  weight: number;
  /** Indexes into the stacks of the reading, the most telling first; empty where none is known. */
  stacks: readonly number[];
  /** Sampling left out its tasks, so that nobody could know. */
  isLeftOut: boolean;
}

/** Sockets and alike: where a request waits for what one of them brings, that is the better place. */
const HANDLE_TYPE = /WRAP$/;
/** Stacks of one request that are compared with each other. */
const MOST_COMPARED = 50;
/** A connection's idle timeout, and the second for which a Date header is kept. */
const NODES_OWN_TIMER = /^setUnrefTimeout$|setStreamTimeout/;

interface Candidate {
  /** Index into the stacks of the reading. */
  stack: number;
  /** Null where nobody saw it being made. */
  createdAtMs: number | null;
  /** Only of what a function has promised that waits itself no more: index of the stack of who awaits that. */
  awaitedAt?: number;
}

interface Candidates extends Omit<RequestPlaces, 'stacks'> {
  waits: Candidate[];
  /** Where its tasks were created, promises and timers first: used where nobody tells where they wait. */
  created: Candidate[];
  handles: Candidate[];
}

/** By `RequestReading.id`. */
export function requestPlaces(reading: TasksReading): ReadonlyMap<number, RequestPlaces> {
  const candidates = new Map<number, Candidates>();
  for (const { id, method, route, endedAtMs, isLeftOut = false } of reading.requests) {
    if (endedAtMs !== null) continue;
    candidates.set(id, {
      route: routeName(method, route),
      weight: 0,
      isLeftOut,
      waits: [],
      created: [],
      handles: [],
    });
  }
  for (const task of reading.tasks) {
    const { request, stackKind, weight, type, createdAtMs } = task;
    const stack = task.standsIn ?? task.stack;
    const place = request === null ? undefined : candidates.get(request);
    if (place === undefined) continue;
    place.weight = math.max(place.weight, weight);
    if (stack < 0 || isNodesOwn(reading.stacks[stack]!)) continue;
    const candidate = { stack, createdAtMs };
    if (stackKind === 'WAITS') place.waits.push({ ...candidate, ...promisedTo(task, reading) });
    else (HANDLE_TYPE.test(type) ? place.handles : place.created).push(candidate);
  }
  const ownCode = ownCodeOf(reading.stacks);
  const places = new Map<number, RequestPlaces>();
  for (const [id, { route, weight, isLeftOut, waits, created, handles }] of candidates) {
    const stacks =
      waits.length > 0 ? innermost(waits, ownCode) : created.length > 0 ? created : handles;
    places.set(id, { route, weight, isLeftOut, stacks: stacks.map(({ stack }) => stack) });
  }
  return places;
}

/**
 * Without what others tell better: who waits for `load` stands in `load`, which stands where its own
 * stack says. Of those that are left, what began last is innermost, in code that does one thing after
 * the other.
 *
 *   handler:15 | readTree:12 ← handler:15   →  readTree:12 ← handler:15
 *
 * And what a function has handed on says less than what somebody waits for who is called by it:
 *
 *   book:12 ← handler:4, which has returned what `withLock` promised | withLock:8 ← handler:4   →  withLock:8 ← handler:4
 */
function innermost(
  waits: readonly Candidate[],
  ownCode: (stack: number) => string,
): readonly Candidate[] {
  const distinct = distinctOf(waits, ownCode);
  const isOutdone = (own: string) =>
    distinct.some((other) => other.length > own.length && other.startsWith(own));
  const outdone = new Set(distinct.filter(isOutdone));
  const standing = distinctOf(
    waits.filter(({ awaitedAt }) => awaitedAt === undefined),
    ownCode,
  );
  const isHandedOn = ({ awaitedAt }: Candidate) => {
    const by = awaitedAt === undefined ? '' : ownCode(awaitedAt);
    return by !== '' && standing.some((own) => own.length > by.length && own.startsWith(by));
  };
  return waits
    .filter((wait) => !outdone.has(ownCode(wait.stack)) && !isHandedOn(wait))
    .sort((a, b) => (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0));
}

function distinctOf(waits: readonly Candidate[], ownCode: (stack: number) => string): string[] {
  const compared = new Set(waits.slice(0, MOST_COMPARED).map(({ stack }) => ownCode(stack)));
  return [...compared];
}

/** Of an outcome, which has the function itself on top of where it was made: a built-in has no file. */
function promisedTo(
  { stack, standsIn, madeAt = -1 }: TaskReading,
  { stacks }: TasksReading,
): Pick<Candidate, 'awaitedAt'> {
  const isOutcome = standsIn !== undefined && (stacks[madeAt]?.[0]?.file ?? '') !== '';
  return isOutcome ? { awaitedAt: stack } : {};
}

/** The program's own frames of a stack, outermost first; empty for none. */
function ownCodeOf(stacks: readonly (readonly StackFrame[])[]): (stack: number) => string {
  const known = new Map<number, string>();
  return (stack) => {
    let own = known.get(stack);
    if (own === undefined) {
      own = stacks[stack]!.filter(isOwn)
        .reverse()
        .map(({ function: name, file, line }) => `${name} ${file}:${line}\n`)
        .join('');
      known.set(stack, own);
    }
    return own;
  };
}

/** No place in the program's code, or a timer that Node has for itself. */
function isNodesOwn(frames: readonly StackFrame[]): boolean {
  return (
    frames.every(({ file }) => isRuntimeFile(file)) ||
    frames.some((frame) => NODES_OWN_TIMER.test(frame.function))
  );
}
