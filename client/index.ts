/** `pprofql/client`: the typed client of the diagnostics API, for Node and browsers. */

export {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
  type GraphQLErrorInfo,
} from './core/errors/errors.ts';
export type { BackoffOptions } from './core/following/backoff.ts';
export type { ConnectionStatus } from './core/following/follower.ts';
export type { HistoryOptions } from './core/history/history-stream.ts';
export type { RequestOptions } from './core/query/query.ts';
export type { Transport } from './core/transport/transport-choice.ts';
export {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type DiagnosticsClientOptions,
  type Target,
} from './diagnostics-client.ts';
export type {
  AllocationDiffFragment as AllocationDiff,
  AllocationInfoFragment as AllocationInfo,
  DiffChange,
  ExternalAllocationFragment as ExternalAllocation,
  FindingKind,
  FrameFragment as Frame,
  GcKind,
  GoroutineCategory,
  HealthStatus,
  HotFunctionFragment as HotFunction,
  ReadingSource,
  TaskDiffFragment as TaskDiff,
} from './generated/graphql.ts';
export type { NoLeaksOptions, NoLeaksReport } from './leaks/expect-no-leaks.ts';
export type { Growth } from './leaks/growth.ts';
export { type Leak, LeakFoundError } from './leaks/leak-found-error.ts';
export type { LeakTolerance } from './leaks/leak-suspects.ts';
export type {
  AllocationProfileMethods,
  AllocationProfileResult,
  RunningAllocationProfile,
} from './methods/allocation-profiles.ts';
export type { Capture, CaptureMethods, DiffRequest } from './methods/captures.ts';
export type {
  CpuProfile,
  CpuProfileMethods,
  CpuProfileResult,
  RunningCpuProfile,
} from './methods/cpu-profiles.ts';
export type { Diff } from './methods/diff.ts';
export type { EventLoopMethods, EventLoopStatus, Stall } from './methods/event-loop.ts';
export type { Finding, Health, HealthMethods, HealthStream } from './methods/health.ts';
export type {
  HolderMethods,
  Holders,
  HoldersEstimate,
  HoldersSearch,
  TaskProofs,
} from './methods/holders.ts';
export type { HistoryPoint, HistoryStream } from './methods/metrics-history.ts';
export type {
  ListOptions,
  RequestCoverage,
  RequestInFlight,
  RequestMethods,
  RouteStats,
} from './methods/requests.ts';
export type { Service, ServiceGoroutines, ServiceMethods } from './methods/services.ts';
export type { StackProfile, StackProfileMethods } from './methods/stack-profiles.ts';
export type {
  ExternalAllocations,
  Goroutines,
  Instrumentation,
  Pprof,
  PprofFigures,
  PreviousRun,
  ProcessInfo,
  TargetMethods,
} from './methods/target-methods.ts';
