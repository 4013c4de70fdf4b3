/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type LoopQueryVariables = Exact<{ [key: string]: never; }>;


export type LoopQuery = { eventLoop: { state: EventLoopState, blockedForMs: number | null, sentence: string, unwatchedReason: string | null, stack: { looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null }> } | null } | null, stalls: Array<{ id: string, startedAt: string, durationMs: number | null, state: EventLoopState, looks: number, nativeLooks: number, droppedLooks: number, sentence: string, stacks: Array<{ looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> }> | null };

export type AskedStallStackFragment = { looks: number, seenAt: string, isNativeCaller: boolean, frames: Array<{ function: string, file: string, path: string, line: number | null }> };

export type AskedFrameFragment = { function: string, file: string, path: string, line: number | null };

export type HealthQueryVariables = Exact<{ [key: string]: never; }>;


export type HealthQuery = { targets: Array<{ name: string }>, health: { status: HealthStatus, sentence: string, checkedAt: string, tooEarly: Array<string>, findings: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, sentence: string, count: number | null, bytes: number | null, nextStep: string, culprit: { function: string, file: string, path: string, line: number | null } | null, stack: Array<{ function: string, file: string, path: string, line: number | null }>, routes: Array<{ route: string, count: number }> }>, cleared: Array<{ id: string, kind: FindingKind, severity: HealthStatus, since: string, clearedAt: string, sentence: string, culprit: { function: string, file: string, path: string, line: number | null } | null }> } | null };

export type AskedInstrumentationFragment = { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null };

export type IsThereQueryVariables = Exact<{ [key: string]: never; }>;


export type IsThereQuery = { targets: Array<{ name: string }> };

export type KnowsRequestsQueryVariables = Exact<{ [key: string]: never; }>;


export type KnowsRequestsQuery = { requestType: { name: string | null } | null };

export type PprofQueryVariables = Exact<{
  allocations: boolean;
}>;


export type PprofQuery =
  | { process?: { pid: number | null, instanceId: string, startedAt: string | null, nodeVersion: string | null, v8Version: string | null, platform: string | null, arch: string | null, title: string, cwd: string | null, programRoot: string | null, serviceName: string | null, serviceInstanceId: string | null } | null, instrumentation?: { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null } | null, pprof?: { observation: { measuredAt: string }, memory: { alloc: number | null, totalAlloc: number | null, heapInuse: number | null, heapObjects: number | null, heapObjectsAgeMs: number | null, sys: number | null, heapLimit: number | null, oldSpaceUsed: number | null, external: number | null, arrayBuffers: number | null }, cpu: { usagePercent: number | null, userTime: number | null, systemTime: number | null }, runtime: { numGoroutine: number | null, numGoroutineAgeMs: number | null, numGc: number | null, numCpu: number | null, gomaxprocs: number | null, requestsInFlight: number | null, gcPauseNs: number | null }, eventLoop: { delayP50Ms: number | null, delayP99Ms: number | null, delayMaxMs: number | null, utilization: number | null } | null, gc: { interval: Array<{ kind: GcKind, count: number, totalMs: number, maxMs: number }> }, unavailable: Array<{ field: string, reason: string }> } | null } & { pprof?: { allocationProfile: { collectedAt: string, pauseMs: number | null, samplingIntervalBytes: number | null, rotations: number | null, liveBytes: number, cumulativeBytes: number | null, stackCount: number } | null, topAllocations: Array<{ bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> | null, inuseAllocations: Array<{ bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> | null } | null }
  | Record<PropertyKey, never>
;

export type FiguresFragment = { process: { pid: number | null, instanceId: string, startedAt: string | null, nodeVersion: string | null, v8Version: string | null, platform: string | null, arch: string | null, title: string, cwd: string | null, programRoot: string | null, serviceName: string | null, serviceInstanceId: string | null } | null, instrumentation: { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null } | null, pprof: { observation: { measuredAt: string }, memory: { alloc: number | null, totalAlloc: number | null, heapInuse: number | null, heapObjects: number | null, heapObjectsAgeMs: number | null, sys: number | null, heapLimit: number | null, oldSpaceUsed: number | null, external: number | null, arrayBuffers: number | null }, cpu: { usagePercent: number | null, userTime: number | null, systemTime: number | null }, runtime: { numGoroutine: number | null, numGoroutineAgeMs: number | null, numGc: number | null, numCpu: number | null, gomaxprocs: number | null, requestsInFlight: number | null, gcPauseNs: number | null }, eventLoop: { delayP50Ms: number | null, delayP99Ms: number | null, delayMaxMs: number | null, utilization: number | null } | null, gc: { interval: Array<{ kind: GcKind, count: number, totalMs: number, maxMs: number }> }, unavailable: Array<{ field: string, reason: string }> } | null };

export type AllocationsFragment = { pprof: { allocationProfile: { collectedAt: string, pauseMs: number | null, samplingIntervalBytes: number | null, rotations: number | null, liveBytes: number, cumulativeBytes: number | null, stackCount: number } | null, topAllocations: Array<{ bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> | null, inuseAllocations: Array<{ bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> | null } | null };

export type AskedAllocationFragment = { bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> };

export type RequestsQueryVariables = Exact<{
  limit: number;
}>;


export type RequestsQuery = { process: { instanceId: string } | null, requests: Array<{ id: string, route: string, method: string, ageMs: number, state: string, traceId: string | null, spanId: string | null, waitsAt: { function: string, file: string, path: string, line: number | null } | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> | null, requestCoverage: { requestsInFlight: number, placeKnown: number, beyondLimit: number | null, observation: { measuredAt: string } } | null };

export type RoutesQueryVariables = Exact<{
  limit: number;
}>;


export type RoutesQuery = { process: { instanceId: string } | null, routes: Array<{ route: string, count: number, inFlight: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, maxMs: number | null, waits: Array<{ kind: RouteWaitKind, share: number, samples: number | null, waitsAt: { function: string, file: string, path: string, line: number | null } | null, frames: Array<{ function: string, file: string, path: string, line: number | null }> }> }> | null };

export type TasksQueryVariables = Exact<{
  raw: boolean;
  exact: boolean;
}>;


export type TasksQuery = { goroutines: { timestamp: string, isExact: boolean | null, totalGoroutines: number, rawProfile: string | null, rawTruncated: boolean, summary: { background: number, perRequest: number, unknown: number, longWaiting: number, potentiallyStuck: number }, groups: Array<{ count: number, sampledCount: number, state: string, category: GoroutineCategory, categoryReason: string, oldestWaitMs: number | null, medianWaitMs: number | null, newestWaitMs: number | null, longWaiting: number, potentiallyStuck: number, stuckReason: string | null, outlivedRequest: number | null, oldestRequestMs: number | null, refedCount: number | null, stackKind: StackKind, topFrame: { function: string, file: string, path: string, line: number | null } | null, frames: Array<{ function: string, file: string, path: string, line: number | null }>, culprit: { function: string, file: string, path: string, line: number | null } | null, routes: Array<{ route: string, count: number }>, spans: Array<{ traceId: string, spanId: string, count: number }> }>, instrumentation: { enabled: boolean, disabledReason: string | null, overheadPercent: number, overheadBudgetPercent: number, samplingRate: number, dutyCycle: number, blindMs: number, records: number, recordsLimit: number, seen: number, sampledOut: number, dropped: number, exactReadPauseMs: number | null } } | null };

export type HistoryPointFragment = { alloc: number | null, arrayBuffers: number | null, blockedForMs: number | null, droppedBefore: number, eventLoopDelayMaxMs: number | null, eventLoopDelayP50Ms: number | null, eventLoopDelayP99Ms: number | null, eventLoopUtilization: number | null, external: number | null, gcPauseMaxMs: number | null, gcPauseNs: number | null, gcPauseTotalMs: number | null, goroutines: number | null, heapInuse: number | null, instanceId: string, oldSpaceUsed: number | null, profiling: boolean, requestsInFlight: number | null, responding: boolean, sequence: number, sys: number | null, timestamp: string, usagePercent: number | null };

export type AllocationFiguresFragment = { bytes: number, count: number | null, cumulativeBytes: number | null, cumulativeCount: number | null, cumulativeMarginBytes: number | null, cumulativeSamples: number | null, liveBytes: number, liveCount: number | null, liveMarginBytes: number | null, liveSamples: number | null, marginBytes: number | null, retention: number | null, samples: number | null };

export type TypedDocumentString<Result, Variables> = DocumentTypeDecoration<Result, Variables> & String;
export const AskedFrameFragmentDoc = `fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<AskedFrameFragment, unknown>;
export const AskedStallStackFragmentDoc = `fragment AskedStallStack on StallStack{looks seenAt isNativeCaller frames{...AskedFrame}}fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<AskedStallStackFragment, unknown>;
export const AskedInstrumentationFragmentDoc = `fragment AskedInstrumentation on Instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs}` as unknown as TypedDocumentString<AskedInstrumentationFragment, unknown>;
export const FiguresFragmentDoc = `fragment Figures on Query{process{pid instanceId startedAt nodeVersion v8Version platform arch title cwd programRoot serviceName serviceInstanceId}instrumentation{...AskedInstrumentation}pprof{observation{measuredAt}memory{alloc totalAlloc heapInuse heapObjects heapObjectsAgeMs sys heapLimit oldSpaceUsed external arrayBuffers}cpu{usagePercent userTime systemTime}runtime{numGoroutine numGoroutineAgeMs numGc numCpu gomaxprocs requestsInFlight gcPauseNs}eventLoop{delayP50Ms delayP99Ms delayMaxMs utilization}gc{interval{kind count totalMs maxMs}}unavailable{field reason}}}fragment AskedInstrumentation on Instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs}` as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const AllocationFiguresFragmentDoc = `fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<AllocationFiguresFragment, unknown>;
export const AskedAllocationFragmentDoc = `fragment AskedAllocation on AllocationInfo{...AllocationFigures frames{...AskedFrame}}fragment AskedFrame on Frame{function file path line}fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<AskedAllocationFragment, unknown>;
export const AllocationsFragmentDoc = `fragment Allocations on Query{pprof{allocationProfile{collectedAt pauseMs samplingIntervalBytes rotations liveBytes cumulativeBytes stackCount}topAllocations{...AskedAllocation}inuseAllocations{...AskedAllocation}}}fragment AskedFrame on Frame{function file path line}fragment AskedAllocation on AllocationInfo{...AllocationFigures frames{...AskedFrame}}fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<AllocationsFragment, unknown>;
export const HistoryPointFragmentDoc = `fragment HistoryPoint on HistoryPoint{alloc arrayBuffers blockedForMs droppedBefore eventLoopDelayMaxMs eventLoopDelayP50Ms eventLoopDelayP99Ms eventLoopUtilization external gcPauseMaxMs gcPauseNs gcPauseTotalMs goroutines heapInuse instanceId oldSpaceUsed profiling requestsInFlight responding sequence sys timestamp usagePercent}` as unknown as TypedDocumentString<HistoryPointFragment, unknown>;
export const LoopDocument = `query Loop{eventLoop{state blockedForMs sentence unwatchedReason stack{...AskedStallStack}}stalls{id startedAt durationMs state looks nativeLooks droppedLooks sentence stacks{...AskedStallStack}}}fragment AskedStallStack on StallStack{looks seenAt isNativeCaller frames{...AskedFrame}}fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<LoopQuery, LoopQueryVariables>;
export const HealthDocument = `query Health{targets{name}health{status sentence checkedAt findings{id kind severity since sentence culprit{...AskedFrame}stack{...AskedFrame}routes{route count}count bytes nextStep}tooEarly cleared{id kind severity since clearedAt sentence culprit{...AskedFrame}}}}fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<HealthQuery, HealthQueryVariables>;
export const IsThereDocument = `query IsThere{targets{name}}` as unknown as TypedDocumentString<IsThereQuery, IsThereQueryVariables>;
export const KnowsRequestsDocument = `query KnowsRequests{requestType:__type(name:"RequestInFlight"){name}}` as unknown as TypedDocumentString<KnowsRequestsQuery, KnowsRequestsQueryVariables>;
export const PprofDocument = `query Pprof($allocations:Boolean!){...Figures@skip(if:$allocations)...Allocations@include(if:$allocations)}fragment AskedFrame on Frame{function file path line}fragment AskedInstrumentation on Instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs}fragment Figures on Query{process{pid instanceId startedAt nodeVersion v8Version platform arch title cwd programRoot serviceName serviceInstanceId}instrumentation{...AskedInstrumentation}pprof{observation{measuredAt}memory{alloc totalAlloc heapInuse heapObjects heapObjectsAgeMs sys heapLimit oldSpaceUsed external arrayBuffers}cpu{usagePercent userTime systemTime}runtime{numGoroutine numGoroutineAgeMs numGc numCpu gomaxprocs requestsInFlight gcPauseNs}eventLoop{delayP50Ms delayP99Ms delayMaxMs utilization}gc{interval{kind count totalMs maxMs}}unavailable{field reason}}}fragment Allocations on Query{pprof{allocationProfile{collectedAt pauseMs samplingIntervalBytes rotations liveBytes cumulativeBytes stackCount}topAllocations{...AskedAllocation}inuseAllocations{...AskedAllocation}}}fragment AskedAllocation on AllocationInfo{...AllocationFigures frames{...AskedFrame}}fragment AllocationFigures on AllocationInfo{bytes count cumulativeBytes cumulativeCount cumulativeMarginBytes cumulativeSamples liveBytes liveCount liveMarginBytes liveSamples marginBytes retention samples}` as unknown as TypedDocumentString<PprofQuery, PprofQueryVariables>;
export const RequestsDocument = `query Requests($limit:Int!){process{instanceId}requests(limit:$limit){id route method ageMs state traceId spanId waitsAt{...AskedFrame}frames{...AskedFrame}}requestCoverage{requestsInFlight placeKnown beyondLimit observation{measuredAt}}}fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<RequestsQuery, RequestsQueryVariables>;
export const RoutesDocument = `query Routes($limit:Int!){process{instanceId}routes(limit:$limit){route count inFlight p50Ms p95Ms p99Ms maxMs waits{kind share samples waitsAt{...AskedFrame}frames{...AskedFrame}}}}fragment AskedFrame on Frame{function file path line}` as unknown as TypedDocumentString<RoutesQuery, RoutesQueryVariables>;
export const TasksDocument = `query Tasks($raw:Boolean!$exact:Boolean!){goroutines(raw:$raw exact:$exact){timestamp isExact totalGoroutines summary{background perRequest unknown longWaiting potentiallyStuck}groups{count sampledCount state category categoryReason oldestWaitMs medianWaitMs newestWaitMs longWaiting potentiallyStuck stuckReason outlivedRequest oldestRequestMs refedCount topFrame{...AskedFrame}frames{...AskedFrame}stackKind culprit{...AskedFrame}routes{route count}spans{traceId spanId count}}rawProfile rawTruncated instrumentation{...AskedInstrumentation}}}fragment AskedFrame on Frame{function file path line}fragment AskedInstrumentation on Instrumentation{enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped exactReadPauseMs}` as unknown as TypedDocumentString<TasksQuery, TasksQueryVariables>;