/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How a row changed from the base to the later moment. */
export type DiffChange =
  /** The row has nothing at the later moment. */
  | 'GONE'
  /** The row has more than at the base. */
  | 'GREW'
  /** The row had nothing at the base. */
  | 'NEW'
  /** The row has less than at the base. */
  | 'SHRANK';

/** What the event loop of the observed thread does, or what keeps it from turning. */
export type EventLoopState =
  /** The thread is inside native code that cannot be interrupted: a synchronous call of the file system, crypto or a child process, a large JSON.parse, a garbage collection. The stack is the last one known. */
  | 'IN_NATIVE_CODE'
  /** A debugger holds the thread at a breakpoint; pprofql keeps out of its way. */
  | 'PAUSED_BY_DEBUGGER'
  /** pprofql itself stops the loop, for a read of the heap or the start of a CPU profile. The program is not to blame. */
  | 'READ_BY_PPROFQL'
  /** The loop turns; or nothing is known, see `unwatchedReason`. */
  | 'RESPONSIVE'
  /** JavaScript runs without giving the loop a turn; the stack says which. */
  | 'RUNNING_JAVASCRIPT'
  /** The loop does not turn, and the thread could not be looked into. */
  | 'UNKNOWN';

/** What was found. Which of these a pprofql looks for depends on its version. */
export type FindingKind =
  /** The event loop does not turn at the moment. */
  | 'BLOCKED_LOOP'
  /** The main thread, or a worker thread, has no time left. */
  | 'BUSY_THREAD'
  /** The program wants to run, and gets no core. */
  | 'CPU_STARVED'
  /** Goroutines used the same memory at once, as the race detector of Go has seen it. */
  | 'DATA_RACE'
  /** Tasks or threads wait for each other, and none can go on. */
  | 'DEADLOCK'
  /** Buffers and other memory outside of the JavaScript heap keep growing. */
  | 'EXTERNAL_MEMORY_GROWTH'
  /** There are ever more open sockets, files or timers. */
  | 'HANDLE_GROWTH'
  /** What the heap holds after collections keeps growing. */
  | 'HEAP_GROWTH'
  /** Something keeps a program from ending that has nothing to do. */
  | 'KEEPS_ALIVE'
  /** Tasks are alive although their request has ended. */
  | 'LEFT_BEHIND'
  /** An emitter has ever more listeners. */
  | 'LISTENER_GROWTH'
  /** Tasks or threads wait for each other’s locks. */
  | 'LOCK_CONTENTION'
  /** The process holds ever more memory that is neither heap nor buffers. */
  | 'NATIVE_MEMORY_GROWTH'
  /** The heap is about full; at its limit the process ends. */
  | 'NEAR_HEAP_LIMIT'
  /** A target does not answer, or refuses what it was asked for. */
  | 'NOT_ANSWERING'
  /** All members of a pool are in use, and tasks wait for one. */
  | 'POOL_EXHAUSTED'
  /** The run of the program before this one did not end well. */
  | 'PREVIOUS_RUN_DIED'
  /** A Go program panicked, recovered from it, and logged where. */
  | 'RECOVERED_PANIC'
  /** The event loop turns late, or spends its time on collecting garbage. */
  | 'SLOW_LOOP'
  /** Requests of one route take long. */
  | 'SLOW_ROUTE'
  /** Requests take far longer than their route usually does, and do not end. */
  | 'STUCK_REQUESTS'
  /** There are ever more live tasks. */
  | 'TASK_GROWTH'
  /** There are ever more threads. */
  | 'THREAD_GROWTH'
  /** All threads of libuv’s pool are busy, and file system or DNS calls wait. */
  | 'THREAD_POOL_SATURATED'
  /** What another pprofql has found, for which this version has no name; the sentence says what it is. */
  | 'UNKNOWN';

/** Whose code a frame is: what can be changed, and by whom. */
export type FrameOrigin =
  /** Code of a package: in `node_modules`, Go’s module cache or a vendor folder; pprofql’s as well. */
  | 'DEPENDENCY'
  /** Code of the program itself. */
  | 'OWN'
  /** Code of Node or Go, the standard library included; or no file is known. */
  | 'RUNTIME';

/** Kinds of garbage collection in V8. */
export type GcKind =
  /** A slice of incremental marking. */
  | 'INCREMENTAL'
  /** Mark and compact of the whole heap; every collection of Go. */
  | 'MAJOR'
  /** Scavenge of the young generation: frequent and short. */
  | 'MINOR'
  /** Processing of weak references. */
  | 'WEAK_CALLBACKS';

/** Why a task exists, judged by its cause and not by its name. */
export type GoroutineCategory =
  /** Expected to live long: a server, an interval, a worker loop. */
  | 'BACKGROUND'
  /** Created while serving an incoming request, and expected to end with it. */
  | 'PER_REQUEST'
  /** Neither the request context nor a rule can tell. */
  | 'UNKNOWN';

/** How a target is doing, or how much a finding matters; from best to worst. */
export type HealthStatus =
  /** The program does not serve its users now, or is about to end. */
  | 'CRITICAL'
  /** Nothing was found. */
  | 'HEALTHY'
  /** Worth knowing; the program is not to blame and need not be changed. */
  | 'NOTICE'
  /** Something goes wrong that will hurt if it goes on. */
  | 'WARNING';

/** How one thing on a path holds the next. */
export type HolderStepKind =
  /** An element of an array, an entry of a `Map` or `Set`, or a property of an object that is used as one: its key is not told, since it may be a value. */
  | 'ENTRY'
  /** A property of the global object. */
  | 'GLOBAL'
  /** Held by what V8 or Node keeps for itself, as a bound function. */
  | 'INTERNAL'
  /** A property of an object. */
  | 'PROPERTY'
  /** A root: V8 or Node itself holds what comes next. */
  | 'ROOT'
  /** A variable of a file, or one that a function has closed over. */
  | 'VARIABLE';

/** What a search for holders does now. */
export type HoldersPhase =
  /** The snapshot is read and searched while the program runs on. */
  | 'READING'
  /** The program stops while V8 writes the snapshot. Cannot be cut short. */
  | 'WRITING';

/** How a run of a program ended. */
export type HowEnded =
  /** The run ended by itself, with an exit code that is not 0. */
  | 'EXIT_CODE'
  /** The run ended without a word: by SIGKILL (exit code 137), by a signal that the program does not catch, by an abort, or by a crash of native code. */
  | 'KILLED'
  /** The run ended without a word when its heap was at the limit, or had grown to it while the thread did not answer any more: V8 gave up (`JavaScript heap out of memory`). */
  | 'OUT_OF_MEMORY'
  /** The run ended by itself, with the exit code that tells that a signal asked it to (129, 130 or 143). */
  | 'SIGNAL'
  /** An exception or rejection that nobody caught ended the run. */
  | 'UNCAUGHT_EXCEPTION'
  /** Nobody knows how the run ended, or whether it still runs: its end was not written down. */
  | 'UNKNOWN';

/** How figures were obtained from the observed thread. */
export type ReadingSource =
  /** Read on the same thread (mounted in an existing server): fresh. */
  | 'DIRECT'
  /** Read from a file: as old as that is. */
  | 'FILE'
  /** A target was asked over HTTP, or over the engine of a fleet: fresh. */
  | 'HTTP'
  /** The event loop of the observed thread is stuck: its running JavaScript was interrupted for the read. Fresh. */
  | 'INSPECTOR'
  /** The observed thread, or the target, did not answer in time (busy, blocked or dead): this is the last that it gave. */
  | 'LAST_KNOWN'
  /** The observed thread answered over its message port: fresh. */
  | 'PORT';

/** What the time of requests goes to. */
export type RouteWaitKind =
  /** The observed thread works for the request. */
  | 'CPU'
  /** The request is in flight, and it is not known where it waits: at a callback, for its turn of a busy thread, or for a client that reads slowly. */
  | 'UNKNOWN'
  /** The request waits at a line of the program. */
  | 'WAIT';

/** What the stack of a task tells. */
export type StackKind =
  /** Where the task was created: nobody waits for it, or several do, or this Node does not tell who waits. */
  | 'CREATED'
  /** Where the task waits now: the innermost `await` first, then those of its callers. Of a Go process every stack is one. */
  | 'WAITS';

/** Which profile of Go that counts by stack. */
export type StackProfileKind =
  /** How long goroutines waited for locks and channels, where `runtime.SetBlockProfileRate` is set. */
  | 'BLOCK'
  /** Goroutines that nothing can wake any more, as the collector has proven (from Go 1.27 on): asking collects garbage. */
  | 'GOROUTINELEAK'
  /** How long holders of locks made others wait, where `runtime.SetMutexProfileFraction` is set. */
  | 'MUTEX'
  /** What has started threads of the operating system. */
  | 'THREADCREATE';

/** What a target is. */
export type TargetKind =
  /** Saved dumps and profiles. */
  | 'FILE'
  /** All instances of a fleet together, as `pprofql fleet` serves them: it has a health, and is otherwise asked by its instances. */
  | 'FLEET'
  /** A Go process that serves `net/http/pprof`. */
  | 'GO'
  /** A Node process; the one that pprofql runs in has no parent. */
  | 'NODE'
  /** A worker thread of a Node process. */
  | 'NODE_THREAD'
  /** Another process that runs pprofql. */
  | 'PPROFQL'
  /** A process on the network that has not answered yet: its first answer tells. */
  | 'UNKNOWN';

/** How a target fares. */
export type TargetState =
  /** The target answered the last question. */
  | 'ANSWERING'
  /** The target did not answer the last question, or not as it should. */
  | 'FAILING'
  /** Nobody has asked the target for anything yet. */
  | 'NOT_ASKED';

export type CaptureFragment = { name: string | null, instanceId: string, heapReadAt: string | null, heapUnavailable: string | null, includesGarbage: boolean | null, samplingIntervalBytes: number | null, rotations: number | null, tasksReadAt: string, totalGoroutines: number, figuresReadAt: string, displaced: string | null, instrumentation: { samplingRate: number, dutyCycle: number }, memory: { alloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null } };

export type CapturesQueryVariables = Exact<{ [key: string]: never; }>;


export type CapturesQuery = { captures: Array<{ name: string | null, instanceId: string, heapReadAt: string | null, heapUnavailable: string | null, includesGarbage: boolean | null, samplingIntervalBytes: number | null, rotations: number | null, tasksReadAt: string, totalGoroutines: number, figuresReadAt: string, displaced: string | null, instrumentation: { samplingRate: number, dutyCycle: number }, memory: { alloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null } }> | null };

export type TakeCaptureMutationVariables = Exact<{
  name: string;
  watchOutside?: boolean | null | undefined;
  target?: string | number | null | undefined;
}>;


export type TakeCaptureMutation = { capture: { name: string | null, instanceId: string, heapReadAt: string | null, heapUnavailable: string | null, includesGarbage: boolean | null, samplingIntervalBytes: number | null, rotations: number | null, tasksReadAt: string, totalGoroutines: number, figuresReadAt: string, displaced: string | null, instrumentation: { samplingRate: number, dutyCycle: number }, memory: { alloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null } } | null };

export type DeleteCaptureMutationVariables = Exact<{
  name: string;
  target?: string | number | null | undefined;
}>;


export type DeleteCaptureMutation = { deleteCapture: boolean };

export type OutsideDiffFragment = { id: string, kind: string, countDelta: number, bytesDelta: number | null, marginBytes: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> };

export type ChangeCountsFragment = { new: number, grew: number, shrank: number, gone: number };

export type AllocationDiffFragment = { id: string, stackId: string, change: DiffChange, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, bytesDelta: number, marginBytes: number | null, countDelta: number | null, baseBytes: number, baseCount: number | null, baseSamples: number | null, toBytes: number, toCount: number | null, toSamples: number | null, allocatedBytes: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> };

export type TaskDiffFragment = { id: string, change: DiffChange, countDelta: number, baseCount: number, toCount: number, group: { state: string, category: GoroutineCategory, sampledCount: number, topFunc: string, oldestWaitMs: number | null, outlivedRequest: number | null, stuckReason: string | null, topFrame: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> } };

export type DiffQueryVariables = Exact<{
  base: string;
  to?: string | null | undefined;
  limit?: number | null | undefined;
  includeOwn?: boolean | null | undefined;
}>;


export type DiffQuery = { diff: { base: { name: string | null, instanceId: string, heapReadAt: string | null, heapUnavailable: string | null, includesGarbage: boolean | null, samplingIntervalBytes: number | null, rotations: number | null, tasksReadAt: string, totalGoroutines: number, figuresReadAt: string, displaced: string | null, instrumentation: { samplingRate: number, dutyCycle: number }, memory: { alloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null } }, to: { name: string | null, instanceId: string, heapReadAt: string | null, heapUnavailable: string | null, includesGarbage: boolean | null, samplingIntervalBytes: number | null, rotations: number | null, tasksReadAt: string, totalGoroutines: number, figuresReadAt: string, displaced: string | null, instrumentation: { samplingRate: number, dutyCycle: number }, memory: { alloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null } }, figures: { elapsedMs: number, alloc: number | null, totalAlloc: number | null, heapInuse: number | null, external: number | null, arrayBuffers: number | null, sys: number | null, cpuSeconds: number | null, usagePercent: number | null, numGc: number | null }, allocations: { bytesDelta: number, countDelta: number | null, allocatedBytes: number | null, stackCounts: { new: number, grew: number, shrank: number, gone: number }, grown: Array<{ id: string, stackId: string, change: DiffChange, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, bytesDelta: number, marginBytes: number | null, countDelta: number | null, baseBytes: number, baseCount: number | null, baseSamples: number | null, toBytes: number, toCount: number | null, toSamples: number | null, allocatedBytes: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }>, shrunk: Array<{ id: string, stackId: string, change: DiffChange, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, bytesDelta: number, marginBytes: number | null, countDelta: number | null, baseBytes: number, baseCount: number | null, baseSamples: number | null, toBytes: number, toCount: number | null, toSamples: number | null, allocatedBytes: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> } | null, tasks: { countDelta: number, groupCounts: { new: number, grew: number, shrank: number, gone: number }, grown: Array<{ id: string, change: DiffChange, countDelta: number, baseCount: number, toCount: number, group: { state: string, category: GoroutineCategory, sampledCount: number, topFunc: string, oldestWaitMs: number | null, outlivedRequest: number | null, stuckReason: string | null, topFrame: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> } }>, shrunk: Array<{ id: string, change: DiffChange, countDelta: number, baseCount: number, toCount: number, group: { state: string, category: GoroutineCategory, sampledCount: number, topFunc: string, oldestWaitMs: number | null, outlivedRequest: number | null, stuckReason: string | null, topFrame: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> } }> }, outside: Array<{ id: string, kind: string, countDelta: number, bytesDelta: number | null, marginBytes: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null } | null };

export type StallStackFragment = { stack: Array<string>, looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> };

export type EventLoopQueryVariables = Exact<{ [key: string]: never; }>;


export type EventLoopQuery = { eventLoop: { state: EventLoopState, blockedForMs: number | null, sentence: string, unwatchedReason: string | null, stack: { stack: Array<string>, looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> } | null } | null };

export type StallsQueryVariables = Exact<{ [key: string]: never; }>;


export type StallsQuery = { stalls: Array<{ id: string, startedAt: string, durationMs: number | null, state: EventLoopState, looks: number, nativeLooks: number, droppedLooks: number, sentence: string, stacks: Array<{ stack: Array<string>, looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> }> | null };

export type FrameFragment = { function: string, file: string, path: string, line: number | null, origin: FrameOrigin };

export type GoroutinesQueryVariables = Exact<{
  raw?: boolean | null | undefined;
  exact?: boolean | null | undefined;
}>;


export type GoroutinesQuery = { goroutines: { timestamp: string, isExact: boolean | null, totalGoroutines: number, rawProfile: string | null, rawTruncated: boolean, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, summary: { background: number, perRequest: number, unknown: number, longWaiting: number, potentiallyStuck: number }, groups: Array<{ id: string, stackId: string, state: string, count: number, sampledCount: number, category: GoroutineCategory, categoryReason: string, topFunc: string, stack: Array<string>, stackKind: StackKind, waitReason: string | null, waitMinutes: number | null, oldestWaitMs: number | null, medianWaitMs: number | null, newestWaitMs: number | null, longWaiting: number, potentiallyStuck: number, stuckReason: string | null, lockedToThread: number | null, goroutineIds: Array<number> | null, labels: Array<string> | null, outlivedRequest: number | null, oldestRequestMs: number | null, refedCount: number | null, topFrame: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, routes: Array<{ route: string, count: number }>, spans: Array<{ traceId: string, spanId: string, count: number }> }>, dump: { headers: number, parsed: number, notUnderstood: number, surroundingLines: number, logLines: number, unwrapped: Array<string>, mergedGoroutines: number, truncated: boolean, notUnderstoodExamples: Array<{ line: number, text: string }>, logLineExamples: Array<{ line: number, text: string }> } | null, instrumentation: { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null, blackBoxFile: string | null, blackBoxDisabledReason: string | null } } | null };

export type FindingFragment = { id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, stack: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> };

export type HealthFragment = { status: HealthStatus, sentence: string, checkedAt: string, tooEarly: Array<string>, findings: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, stack: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> }>, cleared: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, clearedAt: string, sentence: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null }> };

export type HealthQueryVariables = Exact<{ [key: string]: never; }>;


export type HealthQuery = { health: { status: HealthStatus, sentence: string, checkedAt: string, tooEarly: Array<string>, findings: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, stack: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> }>, cleared: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, clearedAt: string, sentence: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null }> } | null };

export type HealthChangesSubscriptionVariables = Exact<{
  target?: string | number | null | undefined;
}>;


export type HealthChangesSubscription = { health: { status: HealthStatus, sentence: string, checkedAt: string, tooEarly: Array<string>, findings: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, stack: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> }>, cleared: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, clearedAt: string, sentence: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null }> } };

export type HistoryPointFragment = { alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null };

export type MetricsHistorySubscriptionVariables = Exact<{
  after?: number | null | undefined;
  target?: string | number | null | undefined;
}>;


export type MetricsHistorySubscription = { metricsHistory: Array<{ alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null }> };

export type HolderStepFragment = { kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null };

export type HoldersFragment = { id: string, stackId: string, takenAt: string, pauseMs: number, samples: number, foundSamples: number, objects: number, estimate: { pauseMs: number, coreShare: number, memoryBytes: number, objects: number }, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, paths: Array<{ sentence: string, share: number, samples: number, entries: number | null, holders: number, steps: Array<{ kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }>, below: Array<{ kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }> }>, tree: Array<{ parent: number | null, share: number, kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }> };

export type TakeHoldersMutationVariables = Exact<{
  allocation: string | number;
  maxPauseMs?: number | null | undefined;
  target?: string | number | null | undefined;
}>;


export type TakeHoldersMutation = { takeHolders: { id: string, stackId: string, takenAt: string, pauseMs: number, samples: number, foundSamples: number, objects: number, estimate: { pauseMs: number, coreShare: number, memoryBytes: number, objects: number }, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, paths: Array<{ sentence: string, share: number, samples: number, entries: number | null, holders: number, steps: Array<{ kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }>, below: Array<{ kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }> }>, tree: Array<{ parent: number | null, share: number, kind: HolderStepKind, name: string | null, className: string, function: string | null, file: string | null, path: string | null, line: number | null }> } | null };

export type HoldersEstimateQueryVariables = Exact<{ [key: string]: never; }>;


export type HoldersEstimateQuery = { holdersEstimate: { pauseMs: number, coreShare: number, memoryBytes: number, objects: number } | null };

export type HoldersStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type HoldersStatusQuery = { holdersStatus: { id: string, phase: HoldersPhase, startedAt: string, progress: number } | null };

export type CancelHoldersMutationVariables = Exact<{
  target?: string | number | null | undefined;
}>;


export type CancelHoldersMutation = { cancelHolders: boolean };

export type InstrumentationFragment = { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null, blackBoxFile: string | null, blackBoxDisabledReason: string | null };

export type InstrumentationQueryVariables = Exact<{ [key: string]: never; }>;


export type InstrumentationQuery = { instrumentation: { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null, blackBoxFile: string | null, blackBoxDisabledReason: string | null } | null };

export type AllocationFiguresFragment = { bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null };

export type AllocationInfoFragment = { id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, stack: Array<string>, bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> };

export type ExternalAllocationFragment = { id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, liveBytes: number, liveCount: number | null, liveSamples: number | null, liveMarginBytes: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeSamples: number | null, cumulativeMarginBytes: number | null, stack: Array<string>, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> };

export type ExternalAllocationsQueryVariables = Exact<{
  collect?: boolean | null | undefined;
}>;


export type ExternalAllocationsQuery = { externalAllocations: { readAt: string, since: string | null, unavailableReason: string | null, garbageCollectedAt: string | null, pauseMs: number | null, samplingIntervalBytes: number | null, liveBytes: number | null, cumulativeBytes: number | null, stackCount: number | null, inuseAllocations: Array<{ id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, liveBytes: number, liveCount: number | null, liveSamples: number | null, liveMarginBytes: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeSamples: number | null, cumulativeMarginBytes: number | null, stack: Array<string>, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }>, topAllocations: Array<{ id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, liveBytes: number, liveCount: number | null, liveSamples: number | null, liveMarginBytes: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeSamples: number | null, cumulativeMarginBytes: number | null, stack: Array<string>, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }>, notByStack: { bufferBytes: number, nativeBytes: number, mallocBytes: number, kinds: Array<{ kind: string, count: number, bytes: number | null }> } | null } | null };

export type PprofFiguresFragment = { timestamp: string, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, memory: { alloc: number | null, totalAlloc: number | null, heapInuse: number | null, heapObjects: number | null, heapObjectsAgeMs: number | null, heapLimit: number | null, oldSpaceUsed: number | null, sys: number | null, external: number | null, arrayBuffers: number | null }, cpu: { usagePercent: number | null, userTime: number | null, systemTime: number | null }, runtime: { numGoroutine: number | null, numGoroutineAgeMs: number | null, requestsInFlight: number | null, numGc: number | null, gcPauseNs: number | null, numCpu: number | null, gomaxprocs: number | null }, eventLoop: { delayP50Ms: number | null, delayP99Ms: number | null, delayMaxMs: number | null, utilization: number | null } | null, gc: { interval: Array<{ kind: GcKind, count: number, totalMs: number, maxMs: number }> }, history: Array<{ alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null }>, unavailable: Array<{ field: string, reason: string }> };

export type PprofQueryVariables = Exact<{ [key: string]: never; }>;


export type PprofQuery = { pprof: { timestamp: string, allocationProfile: { heapReadAt: string, ageMs: number, pauseMs: number | null, samplingIntervalBytes: number | null, rotations: number | null, stackCount: number, liveBytes: number, cumulativeBytes: number | null } | null, topAllocations: Array<{ id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, stack: Array<string>, bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null, inuseAllocations: Array<{ id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, stack: Array<string>, bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, memory: { alloc: number | null, totalAlloc: number | null, heapInuse: number | null, heapObjects: number | null, heapObjectsAgeMs: number | null, heapLimit: number | null, oldSpaceUsed: number | null, sys: number | null, external: number | null, arrayBuffers: number | null }, cpu: { usagePercent: number | null, userTime: number | null, systemTime: number | null }, runtime: { numGoroutine: number | null, numGoroutineAgeMs: number | null, requestsInFlight: number | null, numGc: number | null, gcPauseNs: number | null, numCpu: number | null, gomaxprocs: number | null }, eventLoop: { delayP50Ms: number | null, delayP99Ms: number | null, delayMaxMs: number | null, utilization: number | null } | null, gc: { interval: Array<{ kind: GcKind, count: number, totalMs: number, maxMs: number }> }, history: Array<{ alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null }>, unavailable: Array<{ field: string, reason: string }> } | null };

export type PprofFiguresQueryVariables = Exact<{ [key: string]: never; }>;


export type PprofFiguresQuery = { pprof: { timestamp: string, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, memory: { alloc: number | null, totalAlloc: number | null, heapInuse: number | null, heapObjects: number | null, heapObjectsAgeMs: number | null, heapLimit: number | null, oldSpaceUsed: number | null, sys: number | null, external: number | null, arrayBuffers: number | null }, cpu: { usagePercent: number | null, userTime: number | null, systemTime: number | null }, runtime: { numGoroutine: number | null, numGoroutineAgeMs: number | null, requestsInFlight: number | null, numGc: number | null, gcPauseNs: number | null, numCpu: number | null, gomaxprocs: number | null }, eventLoop: { delayP50Ms: number | null, delayP99Ms: number | null, delayMaxMs: number | null, utilization: number | null } | null, gc: { interval: Array<{ kind: GcKind, count: number, totalMs: number, maxMs: number }> }, history: Array<{ alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null }>, unavailable: Array<{ field: string, reason: string }> } | null };

export type PreviousRunQueryVariables = Exact<{ [key: string]: never; }>;


export type PreviousRunQuery = { previousRun: { startedAt: string, endedAt: string, how: HowEnded, sentence: string, exitCode: number | null, signal: string | null, error: string | null, pid: number, nodeVersion: string, alloc: number | null, heapLimit: number | null, sys: number | null, heapReadAt: string | null, errorFrames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, history: Array<{ alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null }>, inuseAllocations: Array<{ id: string, stackId: string, function: string, file: string, path: string, line: number | null, origin: FrameOrigin, stack: Array<string>, bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null, tasks: Array<{ state: string, count: number, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null, findings: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, stack: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }>, routes: Array<{ route: string, count: number }> }>, lastStall: { id: string, startedAt: string, durationMs: number | null, state: EventLoopState, looks: number, nativeLooks: number, droppedLooks: number, sentence: string, stacks: Array<{ stack: Array<string>, looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> } | null } | null };

export type ProcessQueryVariables = Exact<{ [key: string]: never; }>;


export type ProcessQuery = { process: { instanceId: string, pid: number | null, title: string, serviceName: string | null, serviceInstanceId: string | null, cwd: string | null, startedAt: string | null, nodeVersion: string | null, goVersion: string | null, v8Version: string | null, platform: string | null, arch: string | null } | null };

export type TakenAllocationProfileFragment = { id: string, startedAt: string, durationMs: number, samplingIntervalBytes: number | null, sampleCount: number, bytes: number, bytesPerSecond: number | null, objects: number | null, routesUnavailable: string, liveTableCost: string | null, startPauseMs: number | null, stopPauseMs: number | null, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin, selfBytes: number, totalBytes: number, selfPercent: number, totalPercent: number, selfSamples: number }>, callTree: Array<{ parent: number | null, function: string, file: string, line: number | null, selfBytes: number, totalBytes: number, samples: number }> };

export type RunningAllocationProfileFragment = { id: string, startedAt: string, endsAt: string, progress: number };

export type TakeAllocationProfileMutationVariables = Exact<{
  seconds?: number | null | undefined;
  target?: string | number | null | undefined;
}>;


export type TakeAllocationProfileMutation = { takeAllocationProfile:
    | { __typename: 'AllocationProfileAlreadyRunning', message: string, running: { id: string, startedAt: string, endsAt: string, progress: number } }
    | { __typename: 'AllocationProfileCancelled', id: string }
    | { __typename: 'TakenAllocationProfile', id: string, startedAt: string, durationMs: number, samplingIntervalBytes: number | null, sampleCount: number, bytes: number, bytesPerSecond: number | null, objects: number | null, routesUnavailable: string, liveTableCost: string | null, startPauseMs: number | null, stopPauseMs: number | null, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin, selfBytes: number, totalBytes: number, selfPercent: number, totalPercent: number, selfSamples: number }>, callTree: Array<{ parent: number | null, function: string, file: string, line: number | null, selfBytes: number, totalBytes: number, samples: number }> }
   | null };

export type AllocationProfileStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type AllocationProfileStatusQuery = { allocationProfileStatus: { id: string, startedAt: string, endsAt: string, progress: number } | null };

export type CancelAllocationProfileMutationVariables = Exact<{
  id?: string | number | null | undefined;
  keep?: boolean | null | undefined;
  target?: string | number | null | undefined;
}>;


export type CancelAllocationProfileMutation = { cancelAllocationProfile: boolean };

export type HotFunctionFragment = { function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number };

export type CpuProfileFragment = { id: string, startedAt: string | null, durationMs: number | null, samplingIntervalUs: number | null, sampleCount: number, busyMs: number, idleMs: number | null, programMs: number | null, garbageCollectorMs: number | null, cpuMs: number | null, otherThreadsCpuMs: number | null, routesUnavailable: string | null, downloadUrl: string, cpuprofileUrl: string, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }>, callTree: Array<{ parent: number | null, function: string, file: string, line: number | null, selfMs: number, totalMs: number, totalCpuMs: number | null, samples: number }>, routes: Array<{ route: string | null, ms: number, percent: number, cpuMs: number | null, samples: number, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }> }>, traces: Array<{ traceId: string, ms: number, percent: number, cpuMs: number | null, samples: number }>, overhead: { startPauseMs: number, stopPauseMs: number, ownPercent: number } | null };

export type RunningCpuProfileFragment = { id: string, startedAt: string, endsAt: string, progress: number };

export type TakeCpuProfileMutationVariables = Exact<{
  seconds?: number | null | undefined;
  target?: string | number | null | undefined;
}>;


export type TakeCpuProfileMutation = { takeCpuProfile:
    | { __typename: 'CpuProfile', id: string, startedAt: string | null, durationMs: number | null, samplingIntervalUs: number | null, sampleCount: number, busyMs: number, idleMs: number | null, programMs: number | null, garbageCollectorMs: number | null, cpuMs: number | null, otherThreadsCpuMs: number | null, routesUnavailable: string | null, downloadUrl: string, cpuprofileUrl: string, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }>, callTree: Array<{ parent: number | null, function: string, file: string, line: number | null, selfMs: number, totalMs: number, totalCpuMs: number | null, samples: number }>, routes: Array<{ route: string | null, ms: number, percent: number, cpuMs: number | null, samples: number, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }> }>, traces: Array<{ traceId: string, ms: number, percent: number, cpuMs: number | null, samples: number }>, overhead: { startPauseMs: number, stopPauseMs: number, ownPercent: number } | null }
    | { __typename: 'CpuProfileCancelled', id: string }
    | { __typename: 'ProfileAlreadyRunning', message: string, running: { id: string, startedAt: string, endsAt: string, progress: number } }
   | null };

export type CpuProfilesQueryVariables = Exact<{
  id?: string | number | null | undefined;
}>;


export type CpuProfilesQuery = { cpuProfiles: Array<{ id: string, startedAt: string | null, durationMs: number | null, samplingIntervalUs: number | null, sampleCount: number, busyMs: number, idleMs: number | null, programMs: number | null, garbageCollectorMs: number | null, cpuMs: number | null, otherThreadsCpuMs: number | null, routesUnavailable: string | null, downloadUrl: string, cpuprofileUrl: string, observation: { via: ReadingSource, measuredAt: string, ageMs: number }, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }>, callTree: Array<{ parent: number | null, function: string, file: string, line: number | null, selfMs: number, totalMs: number, totalCpuMs: number | null, samples: number }>, routes: Array<{ route: string | null, ms: number, percent: number, cpuMs: number | null, samples: number, topFunctions: Array<{ function: string, file: string, path: string, line: number | null, column: number | null, origin: FrameOrigin, selfMs: number, totalMs: number, selfPercent: number, totalPercent: number, selfCpuMs: number | null, totalCpuMs: number | null, selfSamples: number }> }>, traces: Array<{ traceId: string, ms: number, percent: number, cpuMs: number | null, samples: number }>, overhead: { startPauseMs: number, stopPauseMs: number, ownPercent: number } | null }> | null };

export type CpuProfileStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type CpuProfileStatusQuery = { cpuProfileStatus: { id: string, startedAt: string, endsAt: string, progress: number } | null };

export type CancelCpuProfileMutationVariables = Exact<{
  id?: string | number | null | undefined;
  keep?: boolean | null | undefined;
  target?: string | number | null | undefined;
}>;


export type CancelCpuProfileMutation = { cancelCpuProfile: boolean };

export type StackProfileQueryVariables = Exact<{
  kind: StackProfileKind;
  limit?: number | null | undefined;
}>;


export type StackProfileQuery = { stackProfile: { readAt: string, count: number, delayMs: number | null, stacks: Array<{ id: string, count: number, delayMs: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> } | null };

export type TaskProofsFragment = { id: string, takenAt: string, pauseMs: number, tasks: number, stuck: number, objects: number, estimate: { pauseMs: number, memoryBytes: number, objects: number }, functions: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin, count: number, isStuck: boolean, sentence: string, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> };

export type ProveTasksMutationVariables = Exact<{
  maxPauseMs?: number | null | undefined;
  target?: string | number | null | undefined;
}>;


export type ProveTasksMutation = { proveTasks: { id: string, takenAt: string, pauseMs: number, tasks: number, stuck: number, objects: number, estimate: { pauseMs: number, memoryBytes: number, objects: number }, functions: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin, count: number, isStuck: boolean, sentence: string, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> } | null };

export type RequestsQueryVariables = Exact<{
  limit?: number | null | undefined;
}>;


export type RequestsQuery = { requests: Array<{ id: string, route: string, method: string, ageMs: number, state: string, traceId: string | null, spanId: string | null, stack: Array<string>, waitsAt: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> | null };

export type RequestCoverageQueryVariables = Exact<{ [key: string]: never; }>;


export type RequestCoverageQuery = { requestCoverage: { requestsInFlight: number, placeKnown: number, placeKnownShare: number | null, beyondLimit: number | null } | null };

export type RoutesQueryVariables = Exact<{
  limit?: number | null | undefined;
}>;


export type RoutesQuery = { routes: Array<{ id: string, route: string, count: number, inFlight: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, maxMs: number | null, waits: Array<{ id: string, kind: RouteWaitKind, stack: Array<string>, share: number, samples: number | null, waitsAt: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> }> | null };

export type ServicesQueryVariables = Exact<{ [key: string]: never; }>;


export type ServicesQuery = { services: Array<{ name: string, instances: Array<{ name: string, kind: TargetKind, state: TargetState, title: string | null, lastAnswerAt: string | null, error: string | null, instance: { serviceName: string, host: string, pid: number, program: string, version: string | null, startedAt: string, lastSeenAt: string, isGone: boolean, health: HealthStatus | null, sentence: string, doing: string | null, blockedForMs: number | null, last: Array<{ timestamp: string, alloc: number | null, sys: number | null, usagePercent: number | null, goroutines: number | null, requestsInFlight: number | null, eventLoopDelayMaxMs: number | null, eventLoopUtilization: number | null }> } | null }> }> };

export type ServiceGoroutinesQueryVariables = Exact<{
  service: string;
  limit?: number | null | undefined;
}>;


export type ServiceGoroutinesQuery = { service: { goroutines: { answered: number, totalGoroutines: number, unanswered: Array<{ name: string, reason: string }>, groups: Array<{ id: string, stackId: string, count: number, instanceCount: number, state: string, potentiallyStuck: number, stuckReason: string | null, oldestWaitMs: number | null, category: GoroutineCategory, topFunc: string, stack: Array<string>, stackKind: StackKind, instances: Array<{ name: string, count: number }>, culprit: { function: string, file: string, path: string, line: number | null, origin: FrameOrigin } | null, frames: Array<{ function: string, file: string, path: string, line: number | null, origin: FrameOrigin }> }> } | null } | null };

export type TargetsQueryVariables = Exact<{ [key: string]: never; }>;


export type TargetsQuery = { targets: Array<{ name: string, kind: TargetKind, state: TargetState, lastAnswerAt: string | null, error: string | null, title: string | null, parent: { name: string } | null, thread: { threadId: number, name: string | null, file: string | null, route: string | null, startedAt: string, usagePercent: number | null, utilization: number | null, alloc: number | null, blockedForMs: number | null, doing: string } | null, child: { pid: number, file: string | null, startedAt: string | null, usagePercent: number | null, utilization: number | null, alloc: number | null, sys: number | null, blockedForMs: number | null, doing: string } | null }> };

export type TypedDocumentString<Result, Variables> = DocumentTypeDecoration<Result, Variables> & String;
export const CaptureFragmentDoc = `fragment Capture on Capture{name instanceId heapReadAt heapUnavailable includesGarbage samplingIntervalBytes rotations tasksReadAt totalGoroutines instrumentation{samplingRate dutyCycle}figuresReadAt memory{alloc heapInuse external arrayBuffers sys}displaced}` as unknown as TypedDocumentString<CaptureFragment, unknown>;
export const FrameFragmentDoc = `fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<FrameFragment, unknown>;
export const OutsideDiffFragmentDoc = `fragment OutsideDiff on OutsideDiff{id kind countDelta bytesDelta marginBytes frames{...Frame}}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<OutsideDiffFragment, unknown>;
export const ChangeCountsFragmentDoc = `fragment ChangeCounts on ChangeCounts{new grew shrank gone}` as unknown as TypedDocumentString<ChangeCountsFragment, unknown>;
export const AllocationDiffFragmentDoc = `fragment AllocationDiff on AllocationDiff{id stackId change function file path line origin bytesDelta marginBytes countDelta baseBytes baseCount baseSamples toBytes toCount toSamples allocatedBytes frames{...Frame}}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<AllocationDiffFragment, unknown>;
export const TaskDiffFragmentDoc = `fragment TaskDiff on TaskDiff{id change countDelta baseCount toCount group{state category sampledCount topFunc topFrame{...Frame}frames{...Frame}routes{route count}oldestWaitMs outlivedRequest stuckReason}}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<TaskDiffFragment, unknown>;
export const StallStackFragmentDoc = `fragment StallStack on StallStack{stack frames{...Frame}looks seenAt isNativeCaller}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<StallStackFragment, unknown>;
export const FindingFragmentDoc = `fragment Finding on Finding{id kind severity since sentence culprit{...Frame}stack{...Frame}routes{route count}count bytes nextStep}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<FindingFragment, unknown>;
export const HealthFragmentDoc = `fragment Health on Health{status sentence checkedAt findings{...Finding}tooEarly cleared{id kind severity since clearedAt sentence culprit{...Frame}}}fragment Frame on Frame{function file path line origin}fragment Finding on Finding{id kind severity since sentence culprit{...Frame}stack{...Frame}routes{route count}count bytes nextStep}` as unknown as TypedDocumentString<HealthFragment, unknown>;
export const HolderStepFragmentDoc = `fragment HolderStep on HolderStep{kind name className function file path line}` as unknown as TypedDocumentString<HolderStepFragment, unknown>;
export const HoldersFragmentDoc = `fragment Holders on Holders{id stackId takenAt pauseMs estimate{pauseMs coreShare memoryBytes objects}frames{...Frame}paths{sentence share samples entries holders steps{...HolderStep}below{...HolderStep}}tree{parent share kind name className function file path line}samples foundSamples objects}fragment Frame on Frame{function file path line origin}fragment HolderStep on HolderStep{kind name className function file path line}` as unknown as TypedDocumentString<HoldersFragment, unknown>;
export const InstrumentationFragmentDoc = `fragment Instrumentation on Instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs blackBoxFile blackBoxDisabledReason}` as unknown as TypedDocumentString<InstrumentationFragment, unknown>;
export const AllocationFiguresFragmentDoc = `fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<AllocationFiguresFragment, unknown>;
export const AllocationInfoFragmentDoc = `fragment AllocationInfo on AllocationInfo{id stackId function file path line origin ...AllocationFigures stack frames{...Frame}}fragment Frame on Frame{function file path line origin}fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<AllocationInfoFragment, unknown>;
export const ExternalAllocationFragmentDoc = `fragment ExternalAllocation on ExternalAllocation{id stackId function file path line origin liveBytes liveCount liveSamples liveMarginBytes cumulativeBytes cumulativeCount cumulativeSamples cumulativeMarginBytes stack frames{...Frame}}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<ExternalAllocationFragment, unknown>;
export const HistoryPointFragmentDoc = `fragment HistoryPoint on HistoryPoint{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}` as unknown as TypedDocumentString<HistoryPointFragment, unknown>;
export const PprofFiguresFragmentDoc = `fragment PprofFigures on PprofData{timestamp observation{via measuredAt ageMs}memory{alloc totalAlloc heapInuse heapObjects heapObjectsAgeMs heapLimit oldSpaceUsed sys external arrayBuffers}cpu{usagePercent userTime systemTime}runtime{numGoroutine numGoroutineAgeMs requestsInFlight numGc gcPauseNs numCpu gomaxprocs}eventLoop{delayP50Ms delayP99Ms delayMaxMs utilization}gc{interval{kind count totalMs maxMs}}history{...HistoryPoint}unavailable{field reason}}fragment HistoryPoint on HistoryPoint{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}` as unknown as TypedDocumentString<PprofFiguresFragment, unknown>;
export const TakenAllocationProfileFragmentDoc = `fragment TakenAllocationProfile on TakenAllocationProfile{id startedAt durationMs samplingIntervalBytes sampleCount bytes bytesPerSecond objects topFunctions{function file path line origin selfBytes totalBytes selfPercent totalPercent selfSamples}callTree{parent function file line selfBytes totalBytes samples}routesUnavailable liveTableCost startPauseMs stopPauseMs}` as unknown as TypedDocumentString<TakenAllocationProfileFragment, unknown>;
export const RunningAllocationProfileFragmentDoc = `fragment RunningAllocationProfile on RunningAllocationProfile{id startedAt endsAt progress}` as unknown as TypedDocumentString<RunningAllocationProfileFragment, unknown>;
export const HotFunctionFragmentDoc = `fragment HotFunction on HotFunction{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}` as unknown as TypedDocumentString<HotFunctionFragment, unknown>;
export const CpuProfileFragmentDoc = `fragment CpuProfile on CpuProfile{id startedAt durationMs samplingIntervalUs sampleCount observation{via measuredAt ageMs}busyMs idleMs programMs garbageCollectorMs cpuMs otherThreadsCpuMs topFunctions{...HotFunction}callTree{parent function file line selfMs totalMs totalCpuMs samples}routes{route ms percent cpuMs samples topFunctions{...HotFunction}}traces{traceId ms percent cpuMs samples}routesUnavailable downloadUrl cpuprofileUrl overhead{startPauseMs stopPauseMs ownPercent}}fragment HotFunction on HotFunction{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}` as unknown as TypedDocumentString<CpuProfileFragment, unknown>;
export const RunningCpuProfileFragmentDoc = `fragment RunningCpuProfile on RunningCpuProfile{id startedAt endsAt progress}` as unknown as TypedDocumentString<RunningCpuProfileFragment, unknown>;
export const TaskProofsFragmentDoc = `fragment TaskProofs on TaskProofs{id takenAt pauseMs estimate{pauseMs memoryBytes objects}functions{function file path line origin count isStuck sentence frames{...Frame}}tasks stuck objects}fragment Frame on Frame{function file path line origin}` as unknown as TypedDocumentString<TaskProofsFragment, unknown>;
export const CapturesDocument = `query Captures{captures{name instanceId heapReadAt heapUnavailable includesGarbage samplingIntervalBytes rotations tasksReadAt totalGoroutines instrumentation{samplingRate dutyCycle}figuresReadAt memory{alloc heapInuse external arrayBuffers sys}displaced}}` as unknown as TypedDocumentString<CapturesQuery, CapturesQueryVariables>;
export const TakeCaptureDocument = `mutation TakeCapture($name:String!$watchOutside:Boolean$target:ID){capture(name:$name watchOutside:$watchOutside target:$target){name instanceId heapReadAt heapUnavailable includesGarbage samplingIntervalBytes rotations tasksReadAt totalGoroutines instrumentation{samplingRate dutyCycle}figuresReadAt memory{alloc heapInuse external arrayBuffers sys}displaced}}` as unknown as TypedDocumentString<TakeCaptureMutation, TakeCaptureMutationVariables>;
export const DeleteCaptureDocument = `mutation DeleteCapture($name:String!$target:ID){deleteCapture(name:$name target:$target)}` as unknown as TypedDocumentString<DeleteCaptureMutation, DeleteCaptureMutationVariables>;
export const DiffDocument = `query Diff($base:String!$to:String$limit:Int$includeOwn:Boolean){diff(base:$base to:$to limit:$limit includeOwn:$includeOwn){base{name instanceId heapReadAt heapUnavailable includesGarbage samplingIntervalBytes rotations tasksReadAt totalGoroutines instrumentation{samplingRate dutyCycle}figuresReadAt memory{alloc heapInuse external arrayBuffers sys}displaced}to{name instanceId heapReadAt heapUnavailable includesGarbage samplingIntervalBytes rotations tasksReadAt totalGoroutines instrumentation{samplingRate dutyCycle}figuresReadAt memory{alloc heapInuse external arrayBuffers sys}displaced}figures{elapsedMs alloc totalAlloc heapInuse external arrayBuffers sys cpuSeconds usagePercent numGc}allocations{bytesDelta countDelta allocatedBytes stackCounts{new grew shrank gone}grown{id stackId change function file path line origin bytesDelta marginBytes countDelta baseBytes baseCount baseSamples toBytes toCount toSamples allocatedBytes frames{function file path line origin}}shrunk{id stackId change function file path line origin bytesDelta marginBytes countDelta baseBytes baseCount baseSamples toBytes toCount toSamples allocatedBytes frames{function file path line origin}}}tasks{countDelta groupCounts{new grew shrank gone}grown{id change countDelta baseCount toCount group{state category sampledCount topFunc topFrame{function file path line origin}frames{function file path line origin}routes{route count}oldestWaitMs outlivedRequest stuckReason}}shrunk{id change countDelta baseCount toCount group{state category sampledCount topFunc topFrame{function file path line origin}frames{function file path line origin}routes{route count}oldestWaitMs outlivedRequest stuckReason}}}outside{id kind countDelta bytesDelta marginBytes frames{function file path line origin}}}}` as unknown as TypedDocumentString<DiffQuery, DiffQueryVariables>;
export const EventLoopDocument = `query EventLoop{eventLoop{state blockedForMs stack{stack frames{function file path line origin}looks seenAt isNativeCaller}sentence unwatchedReason}}` as unknown as TypedDocumentString<EventLoopQuery, EventLoopQueryVariables>;
export const StallsDocument = `query Stalls{stalls{id startedAt durationMs state looks nativeLooks stacks{stack frames{function file path line origin}looks seenAt isNativeCaller}droppedLooks sentence}}` as unknown as TypedDocumentString<StallsQuery, StallsQueryVariables>;
export const GoroutinesDocument = `query Goroutines($raw:Boolean$exact:Boolean){goroutines(raw:$raw exact:$exact){timestamp isExact observation{via measuredAt ageMs}totalGoroutines summary{background perRequest unknown longWaiting potentiallyStuck}groups{id stackId state count sampledCount category categoryReason topFunc topFrame{function file path line origin}stack frames{function file path line origin}stackKind culprit{function file path line origin}waitReason waitMinutes oldestWaitMs medianWaitMs newestWaitMs longWaiting potentiallyStuck stuckReason lockedToThread goroutineIds labels outlivedRequest oldestRequestMs routes{route count}spans{traceId spanId count}refedCount}dump{headers parsed notUnderstood notUnderstoodExamples{line text}surroundingLines logLines logLineExamples{line text}unwrapped mergedGoroutines truncated}rawProfile rawTruncated instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs blackBoxFile blackBoxDisabledReason}}}` as unknown as TypedDocumentString<GoroutinesQuery, GoroutinesQueryVariables>;
export const HealthDocument = `query Health{health{status sentence checkedAt findings{id kind severity since sentence culprit{function file path line origin}stack{function file path line origin}routes{route count}count bytes nextStep}tooEarly cleared{id kind severity since clearedAt sentence culprit{function file path line origin}}}}` as unknown as TypedDocumentString<HealthQuery, HealthQueryVariables>;
export const HealthChangesDocument = `subscription HealthChanges($target:ID){health(target:$target){status sentence checkedAt findings{id kind severity since sentence culprit{function file path line origin}stack{function file path line origin}routes{route count}count bytes nextStep}tooEarly cleared{id kind severity since clearedAt sentence culprit{function file path line origin}}}}` as unknown as TypedDocumentString<HealthChangesSubscription, HealthChangesSubscriptionVariables>;
export const MetricsHistoryDocument = `subscription MetricsHistory($after:Int$target:ID){metricsHistory(after:$after target:$target){alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}}` as unknown as TypedDocumentString<MetricsHistorySubscription, MetricsHistorySubscriptionVariables>;
export const TakeHoldersDocument = `mutation TakeHolders($allocation:ID!$maxPauseMs:Float$target:ID){takeHolders(allocation:$allocation maxPauseMs:$maxPauseMs target:$target){id stackId takenAt pauseMs estimate{pauseMs coreShare memoryBytes objects}frames{function file path line origin}paths{sentence share samples entries holders steps{kind name className function file path line}below{kind name className function file path line}}tree{parent share kind name className function file path line}samples foundSamples objects}}` as unknown as TypedDocumentString<TakeHoldersMutation, TakeHoldersMutationVariables>;
export const HoldersEstimateDocument = `query HoldersEstimate{holdersEstimate{pauseMs coreShare memoryBytes objects}}` as unknown as TypedDocumentString<HoldersEstimateQuery, HoldersEstimateQueryVariables>;
export const HoldersStatusDocument = `query HoldersStatus{holdersStatus{id phase startedAt progress}}` as unknown as TypedDocumentString<HoldersStatusQuery, HoldersStatusQueryVariables>;
export const CancelHoldersDocument = `mutation CancelHolders($target:ID){cancelHolders(target:$target)}` as unknown as TypedDocumentString<CancelHoldersMutation, CancelHoldersMutationVariables>;
export const InstrumentationDocument = `query Instrumentation{instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs blackBoxFile blackBoxDisabledReason}}` as unknown as TypedDocumentString<InstrumentationQuery, InstrumentationQueryVariables>;
export const ExternalAllocationsDocument = `query ExternalAllocations($collect:Boolean){externalAllocations(collect:$collect){readAt since unavailableReason garbageCollectedAt pauseMs samplingIntervalBytes liveBytes cumulativeBytes stackCount inuseAllocations{id stackId function file path line origin liveBytes liveCount liveSamples liveMarginBytes cumulativeBytes cumulativeCount cumulativeSamples cumulativeMarginBytes stack frames{function file path line origin}}topAllocations{id stackId function file path line origin liveBytes liveCount liveSamples liveMarginBytes cumulativeBytes cumulativeCount cumulativeSamples cumulativeMarginBytes stack frames{function file path line origin}}notByStack{bufferBytes nativeBytes mallocBytes kinds{kind count bytes}}}}` as unknown as TypedDocumentString<ExternalAllocationsQuery, ExternalAllocationsQueryVariables>;
export const PprofDocument = `query Pprof{pprof{timestamp observation{via measuredAt ageMs}memory{alloc totalAlloc heapInuse heapObjects heapObjectsAgeMs heapLimit oldSpaceUsed sys external arrayBuffers}cpu{usagePercent userTime systemTime}runtime{numGoroutine numGoroutineAgeMs requestsInFlight numGc gcPauseNs numCpu gomaxprocs}eventLoop{delayP50Ms delayP99Ms delayMaxMs utilization}gc{interval{kind count totalMs maxMs}}history{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}unavailable{field reason}allocationProfile{heapReadAt ageMs pauseMs samplingIntervalBytes rotations stackCount liveBytes cumulativeBytes}topAllocations{id stackId function file path line origin bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples stack frames{function file path line origin}}inuseAllocations{id stackId function file path line origin bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples stack frames{function file path line origin}}}}` as unknown as TypedDocumentString<PprofQuery, PprofQueryVariables>;
export const PprofFiguresDocument = `query PprofFigures{pprof{timestamp observation{via measuredAt ageMs}memory{alloc totalAlloc heapInuse heapObjects heapObjectsAgeMs heapLimit oldSpaceUsed sys external arrayBuffers}cpu{usagePercent userTime systemTime}runtime{numGoroutine numGoroutineAgeMs requestsInFlight numGc gcPauseNs numCpu gomaxprocs}eventLoop{delayP50Ms delayP99Ms delayMaxMs utilization}gc{interval{kind count totalMs maxMs}}history{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}unavailable{field reason}}}` as unknown as TypedDocumentString<PprofFiguresQuery, PprofFiguresQueryVariables>;
export const PreviousRunDocument = `query PreviousRun{previousRun{startedAt endedAt how sentence exitCode signal error errorFrames{function file path line origin}pid nodeVersion alloc heapLimit sys history{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}inuseAllocations{id stackId function file path line origin bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples stack frames{function file path line origin}}heapReadAt tasks{state count frames{function file path line origin}}findings{id kind severity since sentence culprit{function file path line origin}stack{function file path line origin}routes{route count}count bytes nextStep}lastStall{id startedAt durationMs state looks nativeLooks stacks{stack frames{function file path line origin}looks seenAt isNativeCaller}droppedLooks sentence}}}` as unknown as TypedDocumentString<PreviousRunQuery, PreviousRunQueryVariables>;
export const ProcessDocument = `query Process{process{instanceId pid title serviceName serviceInstanceId cwd startedAt nodeVersion goVersion v8Version platform arch}}` as unknown as TypedDocumentString<ProcessQuery, ProcessQueryVariables>;
export const TakeAllocationProfileDocument = `mutation TakeAllocationProfile($seconds:Float$target:ID){takeAllocationProfile(seconds:$seconds target:$target){__typename ...on TakenAllocationProfile{id startedAt durationMs samplingIntervalBytes sampleCount bytes bytesPerSecond objects topFunctions{function file path line origin selfBytes totalBytes selfPercent totalPercent selfSamples}callTree{parent function file line selfBytes totalBytes samples}routesUnavailable liveTableCost startPauseMs stopPauseMs}...on AllocationProfileAlreadyRunning{message running{id startedAt endsAt progress}}...on AllocationProfileCancelled{id}}}` as unknown as TypedDocumentString<TakeAllocationProfileMutation, TakeAllocationProfileMutationVariables>;
export const AllocationProfileStatusDocument = `query AllocationProfileStatus{allocationProfileStatus{id startedAt endsAt progress}}` as unknown as TypedDocumentString<AllocationProfileStatusQuery, AllocationProfileStatusQueryVariables>;
export const CancelAllocationProfileDocument = `mutation CancelAllocationProfile($id:ID$keep:Boolean$target:ID){cancelAllocationProfile(id:$id keep:$keep target:$target)}` as unknown as TypedDocumentString<CancelAllocationProfileMutation, CancelAllocationProfileMutationVariables>;
export const TakeCpuProfileDocument = `mutation TakeCpuProfile($seconds:Float$target:ID){takeCpuProfile(seconds:$seconds target:$target){__typename ...on CpuProfile{id startedAt durationMs samplingIntervalUs sampleCount observation{via measuredAt ageMs}busyMs idleMs programMs garbageCollectorMs cpuMs otherThreadsCpuMs topFunctions{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}callTree{parent function file line selfMs totalMs totalCpuMs samples}routes{route ms percent cpuMs samples topFunctions{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}}traces{traceId ms percent cpuMs samples}routesUnavailable downloadUrl cpuprofileUrl overhead{startPauseMs stopPauseMs ownPercent}}...on ProfileAlreadyRunning{message running{id startedAt endsAt progress}}...on CpuProfileCancelled{id}}}` as unknown as TypedDocumentString<TakeCpuProfileMutation, TakeCpuProfileMutationVariables>;
export const CpuProfilesDocument = `query CpuProfiles($id:ID){cpuProfiles(id:$id){id startedAt durationMs samplingIntervalUs sampleCount observation{via measuredAt ageMs}busyMs idleMs programMs garbageCollectorMs cpuMs otherThreadsCpuMs topFunctions{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}callTree{parent function file line selfMs totalMs totalCpuMs samples}routes{route ms percent cpuMs samples topFunctions{function file path line column origin selfMs totalMs selfPercent totalPercent selfCpuMs totalCpuMs selfSamples}}traces{traceId ms percent cpuMs samples}routesUnavailable downloadUrl cpuprofileUrl overhead{startPauseMs stopPauseMs ownPercent}}}` as unknown as TypedDocumentString<CpuProfilesQuery, CpuProfilesQueryVariables>;
export const CpuProfileStatusDocument = `query CpuProfileStatus{cpuProfileStatus{id startedAt endsAt progress}}` as unknown as TypedDocumentString<CpuProfileStatusQuery, CpuProfileStatusQueryVariables>;
export const CancelCpuProfileDocument = `mutation CancelCpuProfile($id:ID$keep:Boolean$target:ID){cancelCpuProfile(id:$id keep:$keep target:$target)}` as unknown as TypedDocumentString<CancelCpuProfileMutation, CancelCpuProfileMutationVariables>;
export const StackProfileDocument = `query StackProfile($kind:StackProfileKind!$limit:Int){stackProfile(kind:$kind){readAt count delayMs stacks(limit:$limit){id count delayMs frames{function file path line origin}}}}` as unknown as TypedDocumentString<StackProfileQuery, StackProfileQueryVariables>;
export const ProveTasksDocument = `mutation ProveTasks($maxPauseMs:Float$target:ID){proveTasks(maxPauseMs:$maxPauseMs target:$target){id takenAt pauseMs estimate{pauseMs memoryBytes objects}functions{function file path line origin count isStuck sentence frames{function file path line origin}}tasks stuck objects}}` as unknown as TypedDocumentString<ProveTasksMutation, ProveTasksMutationVariables>;
export const RequestsDocument = `query Requests($limit:Int){requests(limit:$limit){id route method ageMs state traceId spanId waitsAt{function file path line origin}stack frames{function file path line origin}}}` as unknown as TypedDocumentString<RequestsQuery, RequestsQueryVariables>;
export const RequestCoverageDocument = `query RequestCoverage{requestCoverage{requestsInFlight placeKnown placeKnownShare beyondLimit}}` as unknown as TypedDocumentString<RequestCoverageQuery, RequestCoverageQueryVariables>;
export const RoutesDocument = `query Routes($limit:Int){routes(limit:$limit){id route count inFlight p50Ms p95Ms p99Ms maxMs waits{id kind waitsAt{function file path line origin}stack frames{function file path line origin}share samples}}}` as unknown as TypedDocumentString<RoutesQuery, RoutesQueryVariables>;
export const ServicesDocument = `query Services{services{name instances{name kind state title lastAnswerAt error instance{serviceName host pid program version startedAt lastSeenAt isGone health sentence doing blockedForMs last:recent(limit:1){timestamp alloc sys usagePercent goroutines requestsInFlight eventLoopDelayMaxMs eventLoopUtilization}}}}}` as unknown as TypedDocumentString<ServicesQuery, ServicesQueryVariables>;
export const ServiceGoroutinesDocument = `query ServiceGoroutines($service:String!$limit:Int){service(name:$service){goroutines(limit:$limit){answered unanswered{name reason}totalGoroutines groups{id stackId count instanceCount instances(limit:1000){name count}state potentiallyStuck stuckReason oldestWaitMs category topFunc culprit{function file path line origin}stack frames{function file path line origin}stackKind}}}}` as unknown as TypedDocumentString<ServiceGoroutinesQuery, ServiceGoroutinesQueryVariables>;
export const TargetsDocument = `query Targets{targets{name kind state lastAnswerAt error title parent{name}thread{threadId name file route startedAt usagePercent utilization alloc blockedForMs doing}child{pid file startedAt usagePercent utilization alloc sys blockedForMs doing}}}` as unknown as TypedDocumentString<TargetsQuery, TargetsQueryVariables>;