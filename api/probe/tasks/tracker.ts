/**
 * Live async tasks of the observed thread: what they are, where they were created, for which request.
 * Only creation is hooked; whether a task still lives is read from its own state in a sweep.
 */
import { OwnWeakSet } from '../../base/builtins.ts';
import {
  cpuClockMs,
  isMakingOwnTimer,
  nextTurn,
  setTimeout,
  threadClockMs,
  wallClockMs,
} from '../../base/own-time.ts';
import { settled } from '../../base/waiting/settled.ts';
import { everyTick } from '../../base/waiting/ticker.ts';
import { SWEEP_SHARE, startOverheadController } from '../overhead/controller.ts';
import type { OverheadController } from '../overhead/types.ts';
import type { InstrumentationReading } from '../readings/instrumentation.ts';
import { LEFT_OUT_ID, type RequestRecord } from '../requests/context/types.ts';
import { createActiveSpans } from '../spans/active-span.ts';
import type { AsyncTracker, AsyncTrackerOptions } from './async-tracker.ts';
import { createTaskHooks } from './hooks.ts';
import { instrumentationOf } from './instrumentation.ts';
import { watchListening } from './listen-stacks.ts';
import { createSweepSchedule } from './pace/sweep-schedule.ts';
import { startTimeSlices, type TimeSlices } from './pace/time-slices.ts';
import { takeTurns } from './pace/turns.ts';
import { createPromiseIds } from './promises/promise-ids.ts';
import { readLiveTasks } from './reading.ts';
import { createTaskRecords, type TaskRecord } from './records/records.ts';
import { createStackStore, type StackHolder } from './stack-store.ts';
import { type SweepResult, tasksReading } from './sweep-result.ts';
import { activeTasks, isTimerOfNode, RARE_TYPES, TASK_TYPES } from './types.ts';
import { createAwaitLines } from './waits/await-lines.ts';
import { createExactRead } from './waits/exact-read.ts';
import { type AskWaitsOptions, askWaits } from './waits/waits.ts';

type NewTask = Pick<TaskRecord, 'asyncId' | 'type' | 'nodeId' | 'parentId' | 'weight'>;

/** Every n-th record is timed. */
const TIMED_RECORDS = 16;
/** After this time, in which a busy server scavenges once at most, most tasks of a request are over. */
const NEW_FOR_MS = 20;
/** Below this share of the limit, records may come at the full rate again. */
const ROOMY = 0.25;

/** Milliseconds of CPU time. */
function timed(work: () => void): number {
  const beforeMs = cpuClockMs();
  work();
  return cpuClockMs() - beforeMs;
}

/** Starts tracking. The hook never throws into the host, and `stop()` leaves nothing behind. */
export function createAsyncTracker({
  requestContext,
  maxRecords = 10_000,
  overheadBudgetPercent = 2,
  stackDepth = 16,
  heapWalk = null,
  elsewhereMs = () => 0,
  excludeFromHere,
}: AsyncTrackerOptions): AsyncTracker {
  const stacks = createStackStore(stackDepth);
  const spans = createActiveSpans();
  const records = createTaskRecords(stacks);
  const promiseIds = createPromiseIds(requestContext.nextId);
  let seen = 0;
  let sampledOut = 0;
  let recorded = 0;
  let liveTasks = 0;
  let isStopped = false;
  /** Set while our own code runs, whose tasks are nobody's business; from the start until all is set up. */
  let isQuiet = true;
  const schedule = createSweepSchedule({
    budgetPercent: SWEEP_SHARE * overheadBudgetPercent,
    nowMs: threadClockMs,
  });
  let isSweepAsked = false;
  /** The id of what comes first since the hooks were last turned on. */
  let firstInWindow = 0;
  /** New records are to be looked at in a moment. */
  let isWeedDue = false;
  let lastResult: SweepResult | null = null;
  /** Made by pprofql's own requests. */
  const leftOut = new OwnWeakSet<object>();

  function onPromise(promise: object, parent: object | undefined): void {
    if (isQuiet) return;
    isQuiet = true;
    try {
      controller.countCall();
      const request = requestContext.current();
      // Also of one that is not recorded: an exact read can then tell a wait from what it is made of.
      if (parent !== undefined) promiseIds.derive(promise, parent);
      const weight = weigh('PROMISE', promise, request);
      if (weight === 0) return;
      const parentId = promiseIds.parentOf(promise);
      const asyncId = promiseIds.of(promise);
      const holder = () => stacks.take(onPromise);
      add({ asyncId, type: 'PROMISE', nodeId: 0, parentId, weight }, promise, request, holder);
    } catch {
      // Whatever went wrong, the host's operation goes on.
    } finally {
      isQuiet = false;
    }
  }

  function onResource(nodeId: number, type: string, _triggerId: number, resource: object): void {
    if (isQuiet || isMakingOwnTimer()) return;
    isQuiet = true;
    try {
      controller.countCall();
      if (!TASK_TYPES.has(type) || isTimerOfNode(type, resource)) return;
      const request = requestContext.current();
      const weight = weigh(type, resource, request);
      if (weight === 0) return;
      const asyncId = requestContext.nextId();
      const holder = () => stacks.takeDeep(onResource);
      add({ asyncId, type, nodeId, parentId: 0, weight }, resource, request, holder);
    } catch {
      // As above.
    } finally {
      isQuiet = false;
    }
  }

  /** How many tasks this one stands for; 0 where it is not recorded. */
  function weigh(type: string, resource: object, request: RequestRecord | undefined): number {
    if (request?.id === LEFT_OUT_ID) {
      leftOut.add(resource);
      return 0;
    }
    seen += 1;
    controller.countTask();
    const weight = weightOf(type, request);
    if (weight === 0) sampledOut += 1;
    return weight;
  }

  function add(
    task: NewTask,
    resource: object,
    request: RequestRecord | undefined,
    take: () => StackHolder,
  ): void {
    if (records.isCrowded()) controller.countDropped(timed(records.weedCrowd));
    if (records.count() >= maxRecords) makeRoom();
    recorded += 1;
    const startedAt = recorded % TIMED_RECORDS === 0 ? threadClockMs() : null;
    const span = spans.current();
    if (request !== undefined) {
      request.hasTasks = true;
      request.span ??= span;
    }
    weedSoon();
    const record = {
      ...task,
      createdAtMs: wallClockMs(),
      request: request ?? null,
      span,
      holder: take(),
    };
    records.add(record, resource);
    controller.countRecorded(startedAt === null ? null : threadClockMs() - startedAt);
  }

  function weedSoon(): void {
    if (isWeedDue) return;
    isWeedDue = true;
    setTimeout(weed, NEW_FOR_MS).unref();
  }

  function weed(): void {
    isWeedDue = false;
    if (isStopped) return;
    quietly(() => {
      const spentMs = timed(() => {
        if (records.weed() > 0) schedule.noteRequestTask();
      });
      controller.charge(spentMs);
    });
    if (records.hasNew()) weedSoon();
  }

  function makeRoom(): void {
    const spentMs = timed(() => {
      controller.halve();
      records.thin();
    });
    controller.charge(spentMs);
    void sweepSoon();
  }

  /** Most tasks of a storm, such as the loading of modules, are over in a moment, and with them the need to sample. */
  async function sweepSoon(): Promise<void> {
    if (isSweepAsked || sweeps.isUnderWay()) return;
    isSweepAsked = true;
    await settled(nextTurn());
    if (!sweeps.isUnderWay() && !isStopped) await settled(sweeps.start());
    isSweepAsked = false;
  }

  function quietly<T>(work: () => T): T {
    const wasQuiet = isQuiet;
    isQuiet = true;
    try {
      return work();
    } finally {
      isQuiet = wasQuiet;
    }
  }

  /** All tasks of a request are recorded or none, so that the chain of what awaits what stays whole. */
  function weightOf(type: string, request: RequestRecord | undefined): number {
    if (RARE_TYPES.has(type)) return 1;
    if (request === undefined) return controller.drawWeight();
    if (request.sampleWeight === 0) return 0;
    if (request.isLarge) return request.sampleWeight * controller.drawWeight();
    // What one that ended has left behind makes others while the hook is off; one in flight counts as it is.
    const isLeft = request.endedAtMs !== null && request.asyncId < firstInWindow;
    return request.sampleWeight * (isLeft ? controller.weightInWindow() : 1);
  }

  const switchHooks = createTaskHooks({ onPromise, onResource });
  function setHooks(isOn: boolean): void {
    if (isOn) firstInWindow = requestContext.nextId();
    switchHooks(isOn);
  }

  const controller: OverheadController = startOverheadController({
    budgetPercent: overheadBudgetPercent,
    setHook: setHooks,
    quietly,
    elsewhereMs: () => requestContext.spentMs() + elsewhereMs(),
  });
  const endSweepChecks = everyTick(sweepWhenDue);
  const endListening = watchListening(stacks, records.retell);
  requestContext.sampleWith(controller.drawRequestWeight);
  const awaitLines = createAwaitLines({
    stacks,
    setQuiet: (quiet) => {
      isQuiet = quiet;
    },
  });
  isQuiet = false;

  function sweepWhenDue(): void {
    requestContext.keepTime();
    if (records.count() === 0 && liveTasks === 0 && requestContext.inFlight() === 0) return;
    if (sweeps.isUnderWay() || !schedule.isDue()) return;
    // A failed sweep leaves the records as they were for the next.
    void quietly(() => settled(sweeps.start()));
  }

  const sweeps = takeTurns(sweepOnce);

  async function sweepOnce(options: AskWaitsOptions): Promise<SweepResult> {
    const slices = startTimeSlices(undefined, excludeFromHere);
    try {
      return await sweepIn(slices, options);
    } finally {
      slices.end();
    }
  }

  async function sweepIn(slices: TimeSlices, { isAnew }: AskWaitsOptions): Promise<SweepResult> {
    requestContext.sweep();
    await records.sweep(slices);
    if (await awaitLines.isAble()) await askWaits(records.live(), awaitLines, slices, { isAnew });
    const found = await readLiveTasks(records.live(), requestContext, slices);
    const result = { takenAtMs: wallClockMs(), found, longestSliceMs: slices.longestMs() };
    if (isStopped) {
      // The sweep has put back what stopping had cleared meanwhile.
      records.clear();
      return result;
    }
    liveTasks = found.total;
    const spentMs = slices.workMs();
    controller.charge(spentMs);
    if (records.count() < maxRecords * ROOMY) controller.relax();
    schedule.noteSweep(spentMs);
    lastResult = result;
    return result;
  }

  const readExactly = createExactRead({
    heapWalk,
    leftOut,
    records,
    awaitLines,
    promiseIds,
    requestContext,
    excludeFromHere,
    sweep: () => sweeps.start({ isAnew: true }),
    charge: (ms) => controller.charge(ms),
    tell: (result) => ({ ...readingOf(result), isExact: true }),
  });

  const readingOf = (result: SweepResult) => tasksReading(result, instrumentation());

  function instrumentation(): InstrumentationReading {
    return instrumentationOf({
      controller,
      records,
      heapWalk,
      overheadBudgetPercent,
      maxRecords,
      isStopped,
      seen,
      sampledOut,
    });
  }

  return {
    read: async () => readingOf(await sweeps.forReaders()),
    readExactly,
    lastRead: () => (lastResult === null ? null : readingOf(lastResult)),
    liveTasks() {
      if (records.count() === 0 && requestContext.inFlight() === 0) return activeTasks();
      if (lastResult !== null) return { count: liveTasks, countedAtMs: lastResult.takenAtMs };
      if (!sweeps.isUnderWay()) void settled(sweeps.start());
      return null;
    },
    instrumentation,
    sweep: async () => {
      await sweeps.start();
    },
    stop: () => {
      isStopped = true;
      endSweepChecks();
      endListening();
      controller.stop();
      requestContext.sampleWith(() => 1);
      records.clear();
      lastResult = null;
    },
  };
}
