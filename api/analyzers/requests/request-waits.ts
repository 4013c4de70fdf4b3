/** What is known of the wait of each request: where it stands, since when, and all that it has begun. */
import { frameOrigin, isOwn } from '../../base/files/frame-origin.ts';
import type { RequestsReading } from '../../probe/readings/requests.ts';
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';
import { type RequestPlaces, requestPlaces } from '../../probe/requests/places.ts';
import { lineKey } from '../../profile/line-key.ts';
import type { Frame } from '../../profile/profile.ts';
import { isSameFunction } from '../../profile/same-function.ts';

export interface RequestWait {
  id: number;
  /** By method and route, as in `GET /users/:id`. */
  route: string;
  ageMs: number;
  /** It has arrived, nothing of its answer is out, and no earlier one of its connection is in its way. */
  isUnanswered: boolean;
  /** Where it waits, innermost first; empty where it is not known. */
  frames: readonly Frame[];
  /**
   * Where that was made which it waits for, innermost first: by a function of the program that `frames[0]` has called
   * and that has returned it. Empty where it waits for what its own line has made, or that is not known.
   */
  promisedBy: readonly Frame[];
  /** How long what it waits for there has been pending, or that at most; null where it is not known. */
  waitMs: number | null;
  /** `frames` without the functions that it has only just called: where it goes from one wait to the next. */
  rowFrames: readonly Frame[];
  /** The request that has made what it waits for there; null where it was itself, or none, or that is not known. */
  behind: number | null;
  /** A timer will end this wait, if nothing else does. */
  hasTimeLimit: boolean;
  /** It has such a limit, and has asked nothing of the system or of another process: it waits for something to happen here. */
  waitsForEvent: boolean;
  /** Sampling left out its tasks, so that nobody could see it waiting. */
  isLeftOut: boolean;
  /** All that it has begun and is pending: where it waits for it, and where it was made; the latest first. */
  stacks: readonly (readonly Frame[])[];
  /** Those of `stacks` that it has gone on from, such as of a connection that a pool has opened for it. */
  left: readonly (readonly Frame[])[];
}

/** Of what one request has begun, so many stacks are told. */
const MOST_STACKS = 20;
/** Of a timer: what waits for it ends by itself. */
const TIMER = 'Timeout';
/** Of the age of its request: what was called later than that is one call of many. */
const YOUNG_SHARE = 0.1;
/** Of what is made in one turn of the loop, the last may be so much younger than the first. */
const ONE_TURN_MS = 5;
const REPEATS = /^setInterval$/;
/** Node's modules by which something is asked of others. */
const ASKS_OTHERS =
  /undici|^node:(?:internal\/)?(?:_?https?|_tls|net|dns|dgram|tls|fs|child_process|crypto|zlib|cluster|worker)\b/;

/** @param tasks what is known of where requests wait; null where nothing is */
export function requestWaits(
  { requests }: Pick<RequestsReading, 'requests'>,
  tasks: TasksReading | null,
): RequestWait[] {
  const places: ReadonlyMap<number, RequestPlaces> =
    tasks === null ? new Map() : requestPlaces(tasks);
  const tasksOf = tasks === null ? new Map<number, TaskReading[]>() : byRequest(tasks);
  return requests.map(({ id, method, route, ageMs, state }) => {
    const own = tasksOf.get(id) ?? [];
    const place: number | undefined = places.get(id)?.stacks[0];
    const at = own.filter(({ stack, standsIn }) => (standsIn ?? stack) === place);
    // What a function promised is as old as its call, and tells nothing of what it waits for now.
    const latest = at
      .filter(({ standsIn }) => standsIn === undefined)
      .reduce((most, { createdAtMs }) => Math.max(most, createdAtMs ?? 0), 0);
    const frames = (place !== undefined && tasks?.stacks[place]) || [];
    const youngMs = ageMs * YOUNG_SHARE;
    const hasTimeLimit =
      at.some(({ type }) => type === TIMER) ||
      own.some((task) => isTimeLimit(task, tasks!.stacks, place));
    const stacks = tasks === null ? [] : stacksOf(own, tasks);
    const calledMs = tasks === null ? [] : [...callsOf(own, tasks), ...callsWithin(at, tasks)];
    const top = frames.find(isOwn);
    const topCall = top && calledMs.find(({ frame }) => isSameFunction(frame, top));
    const atMostMs = topCall !== undefined && topCall.ageMs <= youngMs ? topCall.ageMs : null;
    return {
      id,
      route: `${method} ${route}`,
      ageMs,
      isUnanswered: state === 'handling',
      frames,
      promisedBy: tasks === null ? [] : promiserOf(at, tasks.stacks, top),
      waitMs: tasks === null || latest === 0 ? atMostMs : Math.max(0, tasks.takenAtMs - latest),
      rowFrames: withoutYoung(
        frames,
        calledMs.filter((call) => call.ageMs <= youngMs),
      ),
      behind: tasks === null ? null : behindOf(own, tasks.stacks, top),
      hasTimeLimit,
      isLeftOut: places.get(id)?.isLeftOut ?? false,
      waitsForEvent: hasTimeLimit && !stacks.some(asksOthers),
      stacks,
      left: tasks === null ? [] : leftBehind(own, tasks).filter((stack) => stacks.includes(stack)),
    };
  });
}

/** For example `new Promise < exists:5 < handler:3` of what `handler` waits for. */
function promiserOf(
  at: readonly TaskReading[],
  stacks: TasksReading['stacks'],
  top: Frame | undefined,
): readonly Frame[] {
  for (const { madeAt } of at) {
    const made = madeAt === undefined ? [] : (stacks[madeAt] ?? []);
    const maker = made.find(isOwn);
    if (top === undefined || maker === undefined || isSameFunction(maker, top)) continue;
    if (made.some((frame) => isSameFunction(frame, top))) return made;
  }
  return [];
}

/** Of what its line waits for, or has made and returned. */
function behindOf(
  own: readonly TaskReading[],
  stacks: TasksReading['stacks'],
  top: Frame | undefined,
): number | null {
  const isThere = ({ behind, standsIn, stack }: TaskReading) =>
    behind !== undefined && lineKey(stacks[standsIn ?? stack]?.find(isOwn)) === lineKey(top);
  return top === undefined ? null : (own.find(isThere)?.behind ?? null);
}

interface Call {
  /** The function that was called. */
  frame: Frame;
  ageMs: number;
}

/** What a function has promised is as old as its call. */
function callsOf(tasks: readonly TaskReading[], { stacks, takenAtMs }: TasksReading): Call[] {
  return tasks.flatMap(({ standsIn, createdAtMs }) => {
    const frame = standsIn === undefined ? undefined : stacks[standsIn]?.[0];
    if (frame === undefined || createdAtMs === null) return [];
    return [{ frame, ageMs: takenAtMs - createdAtMs }];
  });
}

/**
 * Whoever was called in the turn in which that was made which is waited for is as young: all above the function that
 * the turn went on in. For example `fetch < widget < load < async handler` → `widget`.
 */
function callsWithin(at: readonly TaskReading[], { stacks, takenAtMs }: TasksReading): Call[] {
  return at.flatMap(({ madeAt, createdAtMs }) => {
    const made = madeAt === undefined ? [] : (stacks[madeAt] ?? []);
    if (createdAtMs === null) return [];
    const until = made.findIndex(({ isAsync }) => isAsync);
    const called = (until === -1 ? made : made.slice(0, until)).filter(isOwn).slice(0, -1);
    return called.map((frame) => ({ frame, ageMs: takenAtMs - createdAtMs }));
  });
}

/** For example `priceOf:5 < priceOrder:9 < handler:13`, of which `priceOf` is young → `priceOrder:9 < handler:13`. */
function withoutYoung(frames: readonly Frame[], young: readonly Call[]): readonly Frame[] {
  const at = frames.findIndex(
    (frame) => isOwn(frame) && !young.some((call) => isSameFunction(call.frame, frame)),
  );
  return at === -1 ? frames : frames.slice(at);
}

/**
 * A timer that the function has begun in which the request waits: it ends the wait from beside, as
 * `AbortSignal.timeout` does. One that a package has begun is about something of its own.
 */
function isTimeLimit(
  { type, stack, madeAt = stack }: TaskReading,
  stacks: TasksReading['stacks'],
  place: number | undefined,
): boolean {
  if (type !== TIMER || place === undefined) return false;
  const waiting = stacks[place]?.find(isOwn);
  const maker = stacks[madeAt] ?? [];
  const until = maker.findIndex((frame) => frameOrigin(frame.file) === 'DEPENDENCY');
  const direct = until === -1 ? maker : maker.slice(0, until);
  return (
    waiting !== undefined &&
    !direct.some((frame) => REPEATS.test(frame.function)) &&
    direct.some((frame) => isSameFunction(frame, waiting))
  );
}

/** The program has called a package, or Node for something that others do. */
function asksOthers(frames: readonly Frame[]): boolean {
  const called = frames.slice(0, Math.max(0, frames.findIndex(isOwn)));
  return called.some(({ file }) => ASKS_OTHERS.test(file) || frameOrigin(file) === 'DEPENDENCY');
}

function byRequest({ tasks }: TasksReading): Map<number, TaskReading[]> {
  const groups = new Map<number, TaskReading[]>();
  for (const task of tasks) {
    if (task.request === null) continue;
    const group = groups.get(task.request);
    if (group === undefined) groups.set(task.request, [task]);
    else group.push(task);
  }
  return groups;
}

/** What nobody waits for and was made before that which it waits for now: not in the same turn, as all that it waits for at once. */
function leftBehind(own: readonly TaskReading[], { stacks }: TasksReading): readonly Frame[][] {
  const latestMs = own
    .filter(({ stackKind }) => stackKind === 'WAITS')
    .reduce((most, { createdAtMs }) => Math.max(most, createdAtMs ?? 0), 0);
  const isLeft = ({ stackKind, createdAtMs }: TaskReading) =>
    stackKind === 'CREATED' && createdAtMs !== null && createdAtMs < latestMs - ONE_TURN_MS;
  const waited = new Set(own.filter((task) => !isLeft(task)).flatMap(stackIndexes));
  const indexes = own.filter(isLeft).flatMap(stackIndexes);
  return indexes.filter((index) => !waited.has(index)).map((index) => stacks[index] ?? []);
}

function stackIndexes({ stack, standsIn, madeAt }: TaskReading): number[] {
  const waits = standsIn ?? stack;
  return madeAt === undefined ? [waits] : [madeAt, waits];
}

/** What began last first. */
function stacksOf(tasks: readonly TaskReading[], { stacks }: TasksReading): readonly Frame[][] {
  const indexes = new Set<number>();
  for (const task of [...tasks].sort((a, b) => (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0))) {
    for (const index of stackIndexes(task)) indexes.add(index);
  }
  return [...indexes]
    .slice(0, MOST_STACKS)
    .map((index) => stacks[index] ?? [])
    .filter(({ length }) => length > 0);
}
