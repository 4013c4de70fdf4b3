/** `pprofql/client`: the typed client of the diagnostics API, for Node and browsers. */
export type { BackoffOptions } from './backoff.ts';
export type { Capture, CaptureMethods, Diff, DiffRequest } from './captures.ts';
export type { Transport } from './connection.ts';
export type {
  CpuProfile,
  CpuProfileMethods,
  CpuProfileResult,
  RunningCpuProfile,
} from './cpu-profiles.ts';
export {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type DiagnosticsClientOptions,
  type Goroutines,
  type Instrumentation,
  type Pprof,
  type PprofFigures,
  type ProcessInfo,
  type RequestOptions,
  type Target,
  type TargetRequestOptions,
} from './diagnostics-client.ts';
export {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
  type GraphQLErrorInfo,
} from './errors.ts';
export type { EventLoopMethods, EventLoopStatus, Stall } from './event-loop.ts';
export type { NoLeaksOptions, NoLeaksReport } from './expect-no-leaks.ts';
export type {
  AllocationDiffFragment as AllocationDiff,
  AllocationInfoFragment as AllocationInfo,
  DiffChange,
  FrameFragment as Frame,
  GcKind,
  GoroutineCategory,
  HotFunctionFragment as HotFunction,
  ReadingSource,
  TaskDiffFragment as TaskDiff,
} from './generated/graphql.ts';
export type { Growth } from './growth.ts';
export type { HistoryPoint } from './history-cursor.ts';
export type {
  ConnectionStatus,
  HistoryOptions,
  HistoryStream,
} from './history-stream.ts';
export { type Leak, LeakFoundError } from './leak-found-error.ts';
export type { LeakTolerance } from './leak-suspects.ts';
