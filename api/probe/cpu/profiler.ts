/** Takes CPU profiles of the calling thread, one at a time, and never leaves the sampler running. */

import { ownProcess } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { math } from '../../base/numbers/math.ts';
import { US_PER_MS } from '../../base/numbers/units.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../base/own-time.ts';
import { onProcessExit } from '../process/exit.ts';
import type { CpuProfileRequest, CpuProfileStart, CpuReading } from '../readings/cpu.ts';
import { routeOf } from '../requests/context/context.ts';
import type { RequestContext, RequestRecord } from '../requests/context/types.ts';
import {
  type CpuDriver,
  type CpuTree,
  HAS_SAMPLE_DETAILS,
  loadCpuDriver,
  type StartCpuDriver,
} from './driver.ts';
import { type OwnStop, type SampledTime, startSampledTime, withoutGaps } from './sampled-time.ts';
import { flattenCpuTree } from './tree.ts';
import { followWork, type Work } from './work-switches.ts';

export interface CpuProfiler {
  start(request: CpuProfileRequest): CpuProfileStart;
  finish(id: number): CpuReading;
  cancel(id: number): void;
  /** Ends a profile that runs; from now on profiles are numbered from 1 again. */
  startOver(): void;
  /** Leaves a stop of the thread that is our own out of a profile that runs. */
  leaveOut(stop: OwnStop): void;
  /** Ends a profile that runs, and starts none any more. */
  stop(): void;
}

export interface CpuProfilerOptions {
  /** Null where requests are not followed. */
  requestContext: RequestContext | null;
  /** Milliseconds after its end that nobody has fetched a profile before the sampler is stopped. @default 10_000 */
  graceMs?: number;
  /** Starts V8's sampler, or throws the reason why not. @default that of `loadCpuDriver` */
  startDriver?: StartCpuDriver;
}

interface RunningProfile {
  request: CpuProfileRequest;
  start: CpuProfileStart;
  driver: CpuDriver;
  time: SampledTime;
  /** Takes back everything but the driver. */
  release(): void;
}

const DEFAULT_GRACE_MS = 10_000;
const CLOCKS = { wallMs: wallClockMs, monotonicMs: threadClockMs };

const NO_REQUESTS =
  'requests are followed by the async tracking, which is off (option asyncTracking, PPROFQL_ASYNC)';
const NO_DETAILS = `samples carry no context on ${ownProcess.platform}`;

/** Starts nothing before it is asked to. */
export function createCpuProfiler({
  requestContext,
  graceMs = DEFAULT_GRACE_MS,
  startDriver = loadCpuDriver(),
}: CpuProfilerOptions): CpuProfiler {
  const routesUnavailable = unavailableRoutes(requestContext);
  let running: RunningProfile | null = null;
  /** Profiles up to this number are over. */
  let lastOverId = 0;

  function begin(request: CpuProfileRequest): RunningProfile {
    const beganMs = threadClockMs();
    const driver = startDriver(request);
    try {
      return { request, driver, ...accompany(request, driver, beganMs) };
    } catch (error) {
      discardSamples(driver);
      throw error;
    }
  }

  /** What goes with a sampler that runs. */
  function accompany(
    request: CpuProfileRequest,
    driver: CpuDriver,
    beganMs: number,
  ): Pick<RunningProfile, 'start' | 'time' | 'release'> {
    const unfollow =
      requestContext === null || !HAS_SAMPLE_DETAILS
        ? () => {}
        : followWork(requestContext, driver.setContext);
    // A sampler that still runs as the process ends may crash it.
    const discard = () => cancel(request.id);
    const forget = onProcessExit(discard);
    const deadline = setTimeout(discard, request.durationMs + graceMs).unref();
    return {
      start: { startedAtMs: wallClockMs(), startPauseMs: threadClockMs() - beganMs },
      time: startSampledTime(CLOCKS),
      release() {
        unfollow();
        clearTimeout(deadline);
        forget();
      },
    };
  }

  /** @returns the profile, whose driver the caller stops */
  function end(id: number): RunningProfile | null {
    lastOverId = math.max(lastOverId, id);
    if (running?.request.id !== id) return null;
    const ended = running;
    running = null;
    try {
      ended.time.end();
      ended.release();
    } catch (error) {
      discardSamples(ended.driver);
      throw error;
    }
    return ended;
  }

  function cancel(id: number): void {
    const ended = end(id);
    if (ended !== null) discardSamples(ended.driver);
  }

  function cancelRunning(): void {
    if (running !== null) cancel(running.request.id);
  }

  function start(request: CpuProfileRequest): CpuProfileStart {
    if (running?.request.id === request.id) return running.start;
    if (request.id <= lastOverId) throw overError();
    if (running !== null) throw takenError();
    running = begin(request);
    return running.start;
  }

  function finish(id: number): CpuReading {
    const beganMs = threadClockMs();
    const ended = end(id);
    if (ended === null) throw overError();
    const { driver, request, start, time } = ended;
    const reading = driver.stop((tree) => readTree(tree, time));
    return {
      id,
      ...start,
      ...reading,
      samplingIntervalUs: request.samplingIntervalUs,
      routesUnavailable,
      stopPauseMs: threadClockMs() - beganMs,
    };
  }

  return {
    start,
    finish,
    cancel,
    startOver() {
      cancelRunning();
      if (lastOverId !== Number.POSITIVE_INFINITY) lastOverId = 0;
    },
    leaveOut: (stop) => running?.time.leaveOut(stop),
    stop() {
      cancelRunning();
      lastOverId = Number.POSITIVE_INFINITY;
    },
  };
}

function discardSamples(driver: CpuDriver): void {
  driver.stop(() => {});
}

/** What was sampled in the time that counts. */
function readTree(tree: CpuTree, time: SampledTime) {
  const { durationUs, atUs } = time.close();
  const { isCut, ...columns } = flattenCpuTree(tree, {
    atUs,
    hasDetails: HAS_SAMPLE_DETAILS,
    routeOf: createRouteLabels(),
    spanOf: (context) => (context as Work).span,
  });
  // Where samples were left out with their nodes, a gap says nothing.
  const counted =
    isCut || columns.sampleAtUs === null
      ? { atUs: columns.sampleAtUs, durationUs }
      : withoutGaps(columns.sampleAtUs, durationUs);
  return {
    ...columns,
    sampleAtUs: counted.atUs,
    durationMs: counted.durationUs / US_PER_MS,
    otherThreadsCpuUs: tree.otherThreadsCpuUs,
  };
}

/** For example `GET /users/:id`; found once for each request. */
function createRouteLabels(): (context: object) => string | null {
  const labels = new Map<RequestRecord, string>();
  return (context) => {
    const { request } = context as Work;
    if (request === undefined) return null;
    const label = labels.get(request) ?? `${request.method} ${routeOf(request)}`;
    labels.set(request, label);
    return label;
  };
}

function unavailableRoutes(requestContext: RequestContext | null): string | null {
  if (!HAS_SAMPLE_DETAILS) return NO_DETAILS;
  return requestContext === null ? NO_REQUESTS : null;
}

function overError(): DiagnosticsError {
  return new DiagnosticsError('NOT_FOUND', 'this CPU profile is over, or never ran; start another');
}

function takenError(): DiagnosticsError {
  return new DiagnosticsError(
    'PROFILE_ALREADY_RUNNING',
    'a CPU profile is running already; wait for its end, or cancel it',
  );
}
