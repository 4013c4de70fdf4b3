/** What a sweep found, as plain data: one task for each thing that waits. */
import { math } from '../../base/numbers/math.ts';
import type { RequestReading, StackFrame, TaskReading } from '../readings/tasks.ts';
import { routeOf } from '../requests/context/context.ts';
import type { RequestContext, RequestRecord } from '../requests/context/types.ts';
import { requestShares } from '../requests/weights.ts';
import { limitToActive } from './active-limit.ts';
import { startTimeSlices, type TimeSlices } from './pace/time-slices.ts';
import type { Representative } from './promises/promise-kinds.ts';
import type { LiveRecord } from './records/records.ts';
import type { TakenStack } from './stack-store.ts';
import { activeByType, countActive, untrackedResources } from './types.ts';
import { representatives } from './waits/await-chains.ts';
import type { AwaitedTask } from './waits/awaited-task.ts';
import { type ExactTask, exactTasks, type PendingPromise } from './waits/exact-tasks.ts';
import { OutcomeStacks } from './waits/outcome-stacks.ts';
import { waitingTasks } from './waits/waiting-tasks.ts';

export interface LiveTasks {
  tasks: TaskReading[];
  stacks: StackFrame[][];
  requests: RequestReading[];
  untracked: Record<string, number>;
  /** Estimated tasks, the untracked ones included. */
  total: number;
}

const NO_STACK = -1;

export async function readLiveTasks(
  records: readonly LiveRecord[],
  requestContext: RequestContext,
  slices: TimeSlices,
): Promise<LiveTasks> {
  const reading = new ReadingBuilder();
  const groups = byRequest(records);
  const weightOf = (request: RequestRecord) => requestWeight(request, groups.get(request));
  const shares = await requestShares(requestContext.requests(), weightOf, slices);
  const shown = await oneForEachWait(records, groups, slices);
  const active = countActive();
  await limitToActive(shown, activeByType(active), slices);
  await slices.forEach(records, (record) => reading.noteOutcome(record, record.waits));
  await slices.forEach(shown, ({ behind, task }) => {
    if (behind !== undefined) reading.noteMade(task);
  });
  await slices.forEach(shown, (representative) => {
    const { request } = representative.owner;
    // A request that has ended since, or tasks of none, count as they were recorded.
    const share = request === null ? undefined : shares.get(request);
    const factor = share === undefined ? 1 : share / weightOf(request!);
    reading.addTask(representative, factor);
  });
  // A handler written with callbacks hangs too, and keeps no promise that would show it.
  await slices.forEach(shares, ([request, share]) => {
    if (!groups.has(request)) reading.addRequestTask(request, share);
  });
  return reading.finish(untrackedResources(active, estimateByType(records)));
}

/** What an enumeration of the heap found: each task counts once, but for timers and handles that were sampled. */
export async function readExactTasks(
  promises: readonly PendingPromise[],
  records: readonly LiveRecord[],
  requestContext: RequestContext,
  slices: TimeSlices,
): Promise<LiveTasks> {
  const reading = new ReadingBuilder();
  const resources = records.filter(({ type }) => type !== 'PROMISE');
  const shown = await exactTasks(promises, resources, slices);
  await slices.forEach(promises, (promise) => reading.noteOutcome(promise, promise.waits));
  const requests = new Set<RequestRecord>();
  await slices.forEach(shown, (representative) => {
    if (representative.owner.request !== null) requests.add(representative.owner.request);
    reading.addTask(representative, 1);
  });
  await slices.forEach(requestContext.requests(), (request) => {
    const isShown = requests.has(request) || request.endedAtMs !== null;
    // What one waits for whose tasks nobody recorded is shown without it.
    if (!isShown && request.sampleWeight > 0) reading.addRequestTask(request, request.sampleWeight);
  });
  return reading.finish(untrackedResources(countActive(), estimateByType(records)));
}

/** Of a thread that nothing of ours runs in: all is known by who waits, as another thread was told. */
export async function readToldTasks(
  promises: readonly PendingPromise[],
  untracked: Record<string, number>,
): Promise<LiveTasks> {
  const reading = new ReadingBuilder();
  const slices = startTimeSlices();
  try {
    for (const shown of await exactTasks(promises, [], slices)) reading.addTask(shown, 1);
    return reading.finish(untracked);
  } finally {
    slices.end();
  }
}

/** By who waits where V8 tells it, else by where promises were created. */
async function oneForEachWait(
  records: readonly LiveRecord[],
  byRequest: ReadonlyMap<RequestRecord | null, readonly LiveRecord[]>,
  slices: TimeSlices,
): Promise<Representative<LiveRecord>[]> {
  if (records.every(isAsked)) {
    // What our own code waits for is nobody's business.
    const ofProgram = records.filter(({ waits }) => !waits.isOwn);
    return await waitingTasks(ofProgram, slices);
  }
  const shown: Representative<LiveRecord>[] = [];
  for (const group of byRequest.values()) shown.push(...(await representatives(group, slices)));
  return shown;
}

const isAsked = (record: LiveRecord): record is LiveRecord & AwaitedTask => record.waits !== null;

/** Tasks keep the weight they were recorded with, also where their request has another since. */
function requestWeight(request: RequestRecord, tasks: readonly LiveRecord[] = []): number {
  if (tasks.length === 0) return request.sampleWeight;
  if (request.isLarge) return math.max(1, request.sampleWeight);
  return tasks.reduce((most, { weight }) => math.max(most, weight), 0);
}

function byRequest(records: readonly LiveRecord[]): Map<RequestRecord | null, LiveRecord[]> {
  const groups = new Map<RequestRecord | null, LiveRecord[]>();
  for (const record of records) {
    const group = groups.get(record.request);
    if (group === undefined) groups.set(record.request, [record]);
    else group.push(record);
  }
  return groups;
}

function estimateByType(records: readonly LiveRecord[]): Map<string, number> {
  const estimate = new Map<string, number>();
  for (const { type, weight } of records) estimate.set(type, (estimate.get(type) ?? 0) + weight);
  return estimate;
}

class ReadingBuilder {
  readonly #tasks: TaskReading[] = [];
  readonly #stacks: StackFrame[][] = [];
  readonly #stackIndex = new Map<TakenStack, number>();
  readonly #requests = new Map<RequestRecord, RequestReading>();
  readonly #outcomes = new OutcomeStacks();
  #total = 0;

  /** To be called before the tasks are added. */
  noteOutcome(task: ExactTask, waits: TakenStack | null): void {
    if (waits !== null) this.#outcomes.note(task, waits);
  }

  /** To be called before the tasks are added. */
  noteMade(task: ExactTask): void {
    this.#outcomes.noteMade(task);
  }

  /** @param factor What the task's weight is corrected by. */
  addTask(
    { task, stack, stackKind, weight, owner, behind }: Representative<ExactTask>,
    factor: number,
  ): void {
    this.#add({
      id: task.asyncId,
      type: task.type,
      createdAtMs: task.createdAtMs,
      weight: weight * factor,
      stack: this.#indexOf(stack),
      stackKind,
      ...(stackKind === 'WAITS' && owner.request !== null && this.#ofRequest(task, stack)),
      request: owner.request === null ? null : this.#idOf(owner.request),
      ...(behind?.request && { behind: this.#idOf(behind.request) }),
      ...(task.span && { span: task.span }),
      isRefed: task.isRefed,
    });
  }

  /** @param weight How many requests it stands for. */
  addRequestTask(request: RequestRecord, weight: number): void {
    this.#add({
      id: request.asyncId,
      type: 'HTTP_REQUEST',
      createdAtMs: request.startedAtMs,
      weight,
      stack: NO_STACK,
      stackKind: 'CREATED',
      request: this.#idOf(request),
      ...(request.span && { span: request.span }),
      isRefed: null,
    });
  }

  finish(untracked: Record<string, number>): LiveTasks {
    const untrackedTotal = Object.values(untracked).reduce((sum, count) => sum + count, 0);
    return {
      tasks: this.#tasks,
      stacks: this.#stacks,
      requests: [...this.#requests.values()],
      untracked,
      total: math.round(this.#total) + untrackedTotal,
    };
  }

  #add(task: TaskReading): void {
    this.#tasks.push(task);
    this.#total += task.weight;
  }

  #ofRequest(task: ExactTask, waits: TakenStack): Pick<TaskReading, 'madeAt' | 'standsIn'> {
    const madeAt = this.#indexOf(task.stack);
    const inner = this.#outcomes.of(task, waits);
    return {
      ...(madeAt !== NO_STACK && { madeAt }),
      ...(inner !== waits && { standsIn: this.#indexOf(inner) }),
    };
  }

  #indexOf(stack: TakenStack): number {
    if (stack.frames.length === 0) return NO_STACK;
    const known = this.#stackIndex.get(stack);
    if (known !== undefined) return known;
    const index = this.#stacks.push([...stack.frames]) - 1;
    this.#stackIndex.set(stack, index);
    return index;
  }

  #idOf(request: RequestRecord): number {
    if (!this.#requests.has(request)) {
      const { id, asyncId, method, startedAtMs, endedAtMs, sampleWeight } = request;
      this.#requests.set(request, {
        id,
        asyncId,
        method,
        route: routeOf(request),
        startedAtMs,
        endedAtMs,
        ...(sampleWeight === 0 && { isLeftOut: true }),
      });
    }
    return request.id;
  }
}
