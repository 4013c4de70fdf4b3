/** The records of tasks that may still live: bounded, swept in time slices, thinned without bias. */

import { OwnWeakRef, OwnWeakSet } from '../../../base/builtins.ts';
import { chance } from '../../../base/numbers/chance.ts';
import { math } from '../../../base/numbers/math.ts';
import type { SpanIds } from '../../readings/span.ts';
import type { RequestRecord } from '../../requests/context/types.ts';
import type { TimeSlices } from '../pace/time-slices.ts';
import type { StackHolder, StackStore, TakenStack } from '../stack-store.ts';
import { RARE_TYPES } from '../types.ts';
import { livenessOf } from './liveness.ts';

export interface TaskRecord {
  /** Counts up in the order in which tasks were made. */
  readonly asyncId: number;
  readonly type: string;
  /** Node's own id of a resource; 0 for a promise. */
  readonly nodeId: number;
  /** The promise it was derived from or awaits; 0 for none. */
  readonly parentId: number;
  readonly createdAtMs: number;
  weight: number;
  readonly request: RequestRecord | null;
  /** The span of OpenTelemetry that was active as it was made; null for none. */
  readonly span: SpanIds | null;
  /** Null until it was first found alive. */
  resource: WeakRef<object> | null;
  /**
   * The resource itself: for the moment until it is first looked at, and from then on while it is seen
   * pending in a running request, since nothing else may hold what a request hangs on. No longer, for a
   * settled promise would keep its result alive.
   */
  held: object | null;
  /** The stack until it is formatted. */
  holder: StackHolder | null;
  stack: TakenStack | null;
  /** Who waits on it, as last told by V8; null where that was not asked. */
  waits: TakenStack | null;
  /** They are known to be all who wait on it. */
  areWaitsLasting: boolean;
  /** It is the outcome of a function that stands at an `await`, so that nobody asked who waits on it. */
  isStanding: boolean;
  isRefed: boolean | null;
}

/** A record that a sweep found alive. */
export interface LiveRecord extends TaskRecord {
  stack: TakenStack;
}

/** A record of a task that was made just now. */
export type NewRecord = Pick<
  TaskRecord,
  | 'asyncId'
  | 'type'
  | 'nodeId'
  | 'parentId'
  | 'createdAtMs'
  | 'weight'
  | 'request'
  | 'span'
  | 'holder'
>;

export interface TaskRecords {
  add(record: NewRecord, resource: object): void;
  /** Of a new one, by Node's id of its resource: another stack tells more. */
  retell(nodeId: number, holder: StackHolder): void;
  count(): number;
  /** Whether some are to be looked at in a moment. */
  hasNew(): boolean;
  /** Whether so many are new that those that are over are to be dropped at once. */
  isCrowded(): boolean;
  /**
   * Drops those of the new that are over already, which most are within milliseconds, and those that are over since they
   * were looked at before. What is held from an old container survives every scavenge, and so does what hangs on it: it
   * would fill the old space.
   * @returns how many of those that went on both times are of requests
   */
  weed(): number;
  /** The same for a crowd, of which those that go on stay new for their moment. */
  weedCrowd(): void;
  /** Records given up by thinning, since the start. */
  dropped(): number;
  /**
   * Gives up half of the records at random, whole requests at a time, and doubles what the rest stands
   * for. Those of a quiet time stay: it is a storm that makes too many, and those before it may last.
   */
  thin(): void;
  /** Drops what is over, formats the stacks of what is not. */
  sweep(slices: TimeSlices): Promise<void>;
  /** What the last sweep found alive. */
  live(): readonly LiveRecord[];
  /** Whether a sweep has found this to be pprofql's. */
  isOwn(resource: object): boolean;
  clear(): void;
}

/** A request with more tasks than this is sampled task by task. */
const LARGE_REQUEST_TASKS = 100;

/** The stretch of time whose tasks are counted together, and the share of all records that makes it a storm. */
const STRETCH_MS = 100;
const STORM_SHARE = 0.02;

/**
 * So many new ones are a crowd. In a storm of short requests nearly all of it is over: kept until the moment has passed, it
 * would survive scavenges with its stacks, by which V8 makes the new space larger, up to 64 MB of memory for good.
 */
const LEAST_CROWD = 64;
/** Of a crowd that goes on for the most part the next is like it: it is not looked at before it is so many times as large. */
const CROWD_GROWTH = 2;
/** What goes beyond is held weakly from the start, and is not looked at before the next sweep. */
const MOST_NEW = 1_000;

/** From this share on, thinning the records that no sweep has seen makes enough room. */
const FRESH_SHARE = 0.25;

export function createTaskRecords(stacks: StackStore): TaskRecords {
  /** Found alive by the last sweep. */
  let live: LiveRecord[] = [];
  /** Not looked at yet. */
  let young: TaskRecord[] = [];
  /** How many of the young are one now. */
  let crowd = LEAST_CROWD;
  /** Found alive the first time they were looked at. */
  let recent: TaskRecord[] = [];
  /** Not seen by a sweep yet. */
  let fresh: TaskRecord[] = [];
  /** Taken by the running sweep, which has yet to decide. */
  let underSweep: TaskRecord[] = [];
  let dropped = 0;
  const own = new OwnWeakSet<object>();

  /** Records whose weight is 0 were thinned away. */
  const isKept = (record: TaskRecord) => record.weight > 0;

  const count = () => live.length + fresh.length + recent.length + young.length + underSweep.length;

  /** Decides whether the task lives, and takes hold of what its request waits for. */
  function isAlive(record: TaskRecord): boolean {
    if (!isKept(record)) return false;
    const resource = resourceOf(record);
    if (resource === undefined) return false;
    const liveness = livenessOf(record.nodeId, record.type, resource);
    if (liveness.isAlive) record.resource ??= new OwnWeakRef(resource);
    record.held = liveness.isAlive && isHeldByRequest(record) ? resource : null;
    record.isRefed = liveness.isRefed;
    return liveness.isAlive;
  }

  function format(record: TaskRecord): LiveRecord | null {
    if (record.holder !== null) {
      const { type, holder } = record;
      record.stack = type === 'PROMISE' ? stacks.format(holder) : stacks.formatDeep(holder);
      record.holder = null;
    }
    const found = record as LiveRecord;
    // Of a record that was thinned away since, no stack is left.
    if (found.stack === null) return null;
    if (!found.stack.isOwn) return found;
    const resource = resourceOf(found);
    if (resource !== undefined) own.add(resource);
    found.held = null;
    return null;
  }

  function weed(): number {
    const lasting = recent.filter(isAlive);
    recent = young.filter(isAlive);
    young = [];
    crowd = LEAST_CROWD;
    fresh.push(...lasting);
    return lasting.filter(({ request }) => request !== null).length;
  }

  function weedCrowd(): void {
    young = young.filter(isAlive);
    crowd = math.max(LEAST_CROWD, CROWD_GROWTH * young.length);
  }

  return {
    add(task, resource) {
      const isHeld = young.length < MOST_NEW;
      const record: TaskRecord = {
        ...task,
        resource: isHeld ? null : new OwnWeakRef(resource),
        held: isHeld ? resource : null,
        stack: null,
        waits: null,
        areWaitsLasting: false,
        isStanding: false,
        isRefed: null,
      };
      (isHeld ? young : fresh).push(record);
    },
    retell(nodeId, holder) {
      const isIt = (record: TaskRecord) => record.nodeId === nodeId;
      const record = young.findLast(isIt) ?? fresh.findLast(isIt);
      if (record !== undefined) record.holder = holder;
    },
    count,
    hasNew: () => young.length > 0 || recent.length > 0,
    isCrowded: () => young.length >= crowd && young.length < MOST_NEW,
    weed,
    weedCrowd,
    dropped: () => dropped,

    thin() {
      weed();
      // What no sweep has seen is mostly over; what one has seen alive is what people look for.
      const alsoThinned = fresh.length >= FRESH_SHARE * count() ? [] : [...live, ...underSweep];
      const ofStorms = fresh.filter(stormsIn(fresh, STORM_SHARE * count()));
      const isStormy = ofStorms.length >= fresh.length / 2;
      const thinned = [...alsoThinned, ...(isStormy ? ofStorms : fresh)].filter(
        ({ type }) => !RARE_TYPES.has(type),
      );
      markLargeRequests(thinned);
      const coin = requestCoin();
      for (const record of thinned) {
        const isAlone = record.request === null || record.request.isLarge;
        const keeps = isAlone ? chance() < 0.5 : coin(record.request!);
        if (keeps) record.weight *= 2;
        else giveUp(record);
      }
      const before = count();
      live = live.filter(isKept);
      underSweep = underSweep.filter(isKept);
      fresh = fresh.filter(isKept);
      dropped += before - count();
    },

    async sweep(slices) {
      const batch = fresh.concat(recent, young);
      underSweep = batch;
      fresh = [];
      recent = [];
      young = [];
      const alive: TaskRecord[] = [];
      const examine = (record: TaskRecord) => {
        if (isAlive(record)) alive.push(record);
      };
      await slices.forEach(live, examine);
      await slices.forEach(batch, examine);
      // Formatting allocates: a collection meanwhile must not take what was not in hold yet.
      const found: LiveRecord[] = [];
      await slices.forEach(alive, (record) => {
        const formatted = format(record);
        if (formatted !== null) found.push(formatted);
      });
      live = found.filter(isKept);
      underSweep = [];
    },

    live: () => live,
    isOwn: (resource) => own.has(resource),
    clear: () => {
      live = [];
      underSweep = [];
      fresh = [];
      recent = [];
      young = [];
    },
  };
}

/** What the record is of, unless it has been collected. */
export function resourceOf({
  held,
  resource,
}: Pick<TaskRecord, 'held' | 'resource'>): object | undefined {
  return held ?? resource?.deref();
}

/** Tells the records of storms; those of requests, which are sampled as a whole, count as such. */
function stormsIn(records: readonly TaskRecord[], most: number): (record: TaskRecord) => boolean {
  const stretchOf = ({ createdAtMs }: TaskRecord) => math.floor(createdAtMs / STRETCH_MS);
  const counts = new Map<number, number>();
  for (const record of records) {
    const stretch = stretchOf(record);
    counts.set(stretch, (counts.get(stretch) ?? 0) + record.weight);
  }
  return (record) => record.request !== null || (counts.get(stretchOf(record)) ?? 0) > most;
}

function giveUp(record: TaskRecord): void {
  record.weight = 0;
  record.held = null;
  record.holder = null;
}

/** A pending promise holds no result, so holding it costs little and ends with the request. */
function isHeldByRequest({ type, request }: TaskRecord): boolean {
  return type === 'PROMISE' && request !== null && request.endedAtMs === null;
}

/** Tossed as a whole, a request that makes half a million tasks would be counted as twice that, or as none. */
function markLargeRequests(records: readonly TaskRecord[]): void {
  const counts = new Map<RequestRecord, number>();
  for (const { request } of records) {
    if (request === null) continue;
    const count = (counts.get(request) ?? 0) + 1;
    counts.set(request, count);
    if (count > LARGE_REQUEST_TASKS) request.isLarge = true;
  }
}

/** One toss a request: its tasks stay or go together, and so do those it has yet to start. */
function requestCoin(): (request: RequestRecord) => boolean {
  const tossed = new Map<RequestRecord, boolean>();
  return (request) => {
    const known = tossed.get(request);
    if (known !== undefined) return known;
    const keeps = chance() < 0.5;
    request.sampleWeight = keeps ? request.sampleWeight * 2 : 0;
    tossed.set(request, keeps);
    return keeps;
  };
}
