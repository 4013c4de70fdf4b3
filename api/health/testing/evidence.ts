/** Evidence as a test needs it: unremarkable, but for what is given. */
import type { Frame } from '../../profile/profile.ts';
import { type Evidence, type PointEvidence, UNREAD_ELSEWHERE } from '../evidence/evidence.ts';
import type { LoopEvidence } from '../evidence/loop.ts';
import type {
  GrowingTasks,
  RequestEvidence,
  RouteEvidence,
  TaskEvidence,
} from '../evidence/tasks.ts';

export const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

/** `aFrame('work', '/app/src/work.ts', 3)`: a place in a program below `/app`. */
export function aFrame(name: string, file: string, line = 1): Frame {
  return { function: name, file, path: file.replace(/^\/app\//, ''), line };
}

export function aPoint(given: Partial<PointEvidence> = {}): PointEvidence {
  return {
    timestampMs: NOW_MS,
    isResponding: true,
    alloc: 30e6,
    oldSpaceUsed: null,
    goroutines: 20,
    requestsInFlight: 0,
    eventLoopDelayP99Ms: 2,
    eventLoopDelayMaxMs: 4,
    eventLoopUtilization: 0.05,
    gcPauseTotalMs: 2,
    ...given,
  };
}

/** Points at this distance, the last of them now. */
export function pointsEvery(
  intervalMs: number,
  given: readonly Partial<PointEvidence>[],
): PointEvidence[] {
  return given.map((figures, index) =>
    aPoint({ timestampMs: NOW_MS - (given.length - 1 - index) * intervalMs, ...figures }),
  );
}

/** Enough of a healthy past that nothing is too early to tell. */
export const HEALTHY_POINTS: readonly PointEvidence[] = pointsEvery(
  10_000,
  Array.from({ length: 19 }, () => ({})),
);

/** Blocked for 12 seconds, unless it is said to be responsive. */
export function aLoop(given: Partial<LoopEvidence> = {}): LoopEvidence {
  return { state: 'RESPONSIVE', blockedForMs: 12_000, starvedForMs: 0, frames: [], ...given };
}

const LOAD_USER = aFrame('loadUser', '/app/src/user.ts', 7);

/** Ten tasks that wait in `loadUser` for five minutes, none of them stuck. */
export function aGroup(given: Partial<TaskEvidence> = {}): TaskEvidence {
  return {
    state: 'await',
    stackKind: 'WAITS',
    refed: null,
    newestWaitMs: 5 * 60_000,
    count: 10,
    sampled: 10,
    stuckCount: 0,
    outlivedRequest: 0,
    oldestWaitMs: 5 * 60_000,
    topFrame: LOAD_USER,
    frames: [LOAD_USER],
    routes: [],
    ...given,
  };
}

/** Ten tasks that wait in `loadUser`, twice as many as a minute ago. */
export function growingTasks(given: Partial<GrowingTasks> = {}): GrowingTasks {
  return {
    ...aGroup(),
    state: 'await',
    stackKind: 'WAITS',
    refed: null,
    grownBy: 5,
    lastedMs: 60_000,
    risingMs: 60_000,
    ...given,
  };
}

/** A request that has just come, and whose wait in `loadUser` is known. */
export function aRequest(given: Partial<RequestEvidence> = {}): RequestEvidence {
  return {
    id: 1,
    route: 'GET /user',
    ageMs: 50,
    isUnanswered: true,
    frames: [LOAD_USER],
    waitMs: given.ageMs ?? 50,
    promisedBy: [],
    rowFrames: given.frames ?? [LOAD_USER],
    behind: null,
    hasTimeLimit: false,
    waitsForEvent: false,
    isLeftOut: false,
    stacks: [[LOAD_USER]],
    left: [],
    ...given,
  };
}

/** A route that answers in 20 ms. */
export function aRoute(given: Partial<RouteEvidence> = {}): RouteEvidence {
  return {
    route: 'GET /user',
    count: 100,
    p99Ms: 20,
    maxMs: 40,
    waits: [],
    recent: { count: 100, meanMs: 10 },
    waitsInARow: null,
    rowFrames: [],
    waitsForEventShare: null,
    ...given,
  };
}

export function evidenceOf(given: Partial<Evidence> = {}): Evidence {
  return {
    nowMs: NOW_MS,
    kind: 'NODE',
    error: null,
    points: HEALTHY_POINTS,
    loop: aLoop(),
    ...UNREAD_ELSEWHERE,
    tasks: [],
    growingTasks: [],
    requests: [],
    requestsBeyond: 0,
    routes: [],
    growth: [],
    heapLimitBytes: 4e9,
    ...given,
  };
}
