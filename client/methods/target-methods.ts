/** The questions that every target answers, and the default one without being named. */

import type { HistoryOptions } from '../core/history/history-stream.ts';
import type { Answered } from '../core/query/answered.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  ExternalAllocationsDocument,
  type ExternalAllocationsQuery,
  GoroutinesDocument,
  type GoroutinesQuery,
  InstrumentationDocument,
  type InstrumentationQuery,
  PprofDocument,
  PprofFiguresDocument,
  type PprofFiguresQuery,
  type PprofQuery,
  PreviousRunDocument,
  type PreviousRunQuery,
  ProcessDocument,
  type ProcessQuery,
} from '../generated/graphql.ts';
import {
  type AllocationProfileMethods,
  createAllocationProfileMethods,
} from './allocation-profiles.ts';
import { type CaptureMethods, createCaptureMethods } from './captures.ts';
import { type CpuProfileMethods, createCpuProfileMethods } from './cpu-profiles.ts';
import { createEventLoopMethods, type EventLoopMethods } from './event-loop.ts';
import { createHealthMethods, type HealthChanges, type HealthMethods } from './health.ts';
import { createHolderMethods, type HolderMethods } from './holders.ts';
import type { HistoryStream } from './metrics-history.ts';
import { createRequestMethods, type RequestMethods } from './requests.ts';
import { createStackProfileMethods, type StackProfileMethods } from './stack-profiles.ts';

export type Pprof = Answered<PprofQuery>['pprof'];
/** `Pprof` without the allocation tables. */
export type PprofFigures = Answered<PprofFiguresQuery>['pprof'];
/** Memory outside the heap: buffers by the stack that made them, and the rest. */
export type ExternalAllocations = Answered<ExternalAllocationsQuery>['externalAllocations'];
export type Goroutines = Answered<GoroutinesQuery>['goroutines'];
export type ProcessInfo = Answered<ProcessQuery>['process'];
export type PreviousRun = NonNullable<PreviousRunQuery['previousRun']>;
export type Instrumentation = Answered<InstrumentationQuery>['instrumentation'];

/**
 * Every method that returns a promise rejects with `DiagnosticsUnreachableError` where the server
 * could not be reached, with `DiagnosticsRequestError` where it said no, and with the reason of the
 * signal where that fired (an `AbortError` after `dispose()`). Equal questions that overlap share
 * one answer. There is no cache and no timeout: pass `AbortSignal.timeout(ms)` for one.
 */
export interface TargetMethods
  extends AllocationProfileMethods,
    CaptureMethods,
    CpuProfileMethods,
    EventLoopMethods,
    HealthMethods,
    HolderMethods,
    RequestMethods,
    StackProfileMethods {
  /** Memory, CPU, runtime figures, history, and who allocated what. Reads the heap sampler. */
  pprof(options?: RequestOptions & { allocations?: true }): Promise<Pprof>;
  /** Without the allocation tables: cheap enough to poll every second. */
  pprof(options: RequestOptions & { allocations: false }): Promise<PprofFigures>;
  /**
   * Memory outside the heap: buffers by the stack that made them, live and ever made, and what no stack
   * accounts for. Collects garbage first, where the pause budget allows that, unless `collect` is false.
   * @default collect: true
   */
  externalAllocations(
    options?: RequestOptions & { collect?: boolean },
  ): Promise<ExternalAllocations>;
  /**
   * Live async tasks in groups; `raw` adds the text dump. With `exact`, by every pending promise there
   * is: that stops the program for about `instrumentation().exactReadPauseMs`, and rejects with the
   * code `PAUSE_BUDGET_SPENT` where the pause budget does not allow it. @default raw: false, exact: false
   */
  goroutines(options?: RequestOptions & { raw?: boolean; exact?: boolean }): Promise<Goroutines>;
  /** Constant facts about the observed process. */
  process(options?: RequestOptions): Promise<ProcessInfo>;
  /** The run before this one, where it did not end well: how, and what was known of it last. Else null. */
  previousRun(options?: RequestOptions): Promise<PreviousRun | null>;
  /** What pprofql costs the process it observes. */
  instrumentation(options?: RequestOptions): Promise<Instrumentation>;
  /**
   * The retained points (or those newer than `after`), then each new one, in order, for as long as
   * it is read. It reconnects by itself, without hole or duplicate; `droppedBefore` of a point says
   * how many before it are lost for good. A new `instanceId` starts a new series.
   *
   * Throws where the first connection cannot be made, and wherever the server says no. Later
   * losses are retried without end; `onStatus` tells of them. Ends with the signal or `dispose()`.
   */
  metricsHistory(options?: HistoryOptions): HistoryStream;
}

/** What makes the streams of a target. */
export interface TargetStreams {
  metricsHistory(target: string | undefined, options: HistoryOptions): HistoryStream;
  healthChanges: HealthChanges;
}

export function createTargetMethods(
  access: TargetAccess,
  { metricsHistory, healthChanges }: TargetStreams,
): TargetMethods {
  const { target, ask } = access;

  function pprof(options?: RequestOptions & { allocations?: true }): Promise<Pprof>;
  function pprof(options: RequestOptions & { allocations: false }): Promise<PprofFigures>;
  function pprof({
    allocations,
    signal,
  }: RequestOptions & { allocations?: boolean } = {}): Promise<Pprof | PprofFigures> {
    return allocations === false
      ? ask(PprofFiguresDocument, { signal })
      : ask(PprofDocument, { signal });
  }

  return {
    ...createAllocationProfileMethods(access),
    ...createCaptureMethods(access),
    ...createCpuProfileMethods(access),
    ...createEventLoopMethods(access),
    ...createHealthMethods(access, healthChanges),
    ...createHolderMethods(access),
    ...createRequestMethods(access),
    ...createStackProfileMethods(access),
    pprof,
    goroutines: (options) => ask(GoroutinesDocument, options),
    externalAllocations: (options) => ask(ExternalAllocationsDocument, options),
    process: (options) => ask(ProcessDocument, options),
    previousRun: (options) => ask(PreviousRunDocument, options),
    instrumentation: (options) => ask(InstrumentationDocument, options),
    metricsHistory: (options = {}) => metricsHistory(target, options),
  };
}
