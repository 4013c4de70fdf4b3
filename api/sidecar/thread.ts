/** One sidecar (`sidecar.ts`) beside the calling thread, from its start to its end. */

import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import { BYTES_PER_MIB } from '../base/numbers/units.ts';
import { workerEnvironment } from '../base/options/environment/environment.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { clearTimeout, setImmediate, setTimeout } from '../base/own-time.ts';
import { whenSettled } from '../base/waiting/settled.ts';
import { offerLoop } from '../link/observed-loop.ts';
import { hasLostPeer, serveProbe } from '../link/thread.ts';
import type { ObservedProbe } from '../probe/probe.ts';
import type { Family } from '../targets/children/place.ts';
import { awaitFirstSignAtExit, createFirstSign } from './first-sign.ts';
import type { BoxPlace, SidecarData, SidecarMessage, SidecarOrder } from './messages.ts';
import { createPulse, watchPulse } from './pulse.ts';

/** What the sidecar may take besides what the options give to source maps and captures. */
const OWN_HEAP_MB = 260;
/** A capture of some ten thousand stacks and tasks; most take a tenth. */
const CAPTURE_MB = 12;
/** Of the tasks in a reading, while it is looked into. */
const TASK_RECORDS_PER_MB = 2_500;
const HANGS = 'their thread hung for a minute';
/** An orderly end takes a few milliseconds; past this the thread is ended as it is. */
const STOP_DEADLINE_MS = 2_000;

export interface SidecarThread {
  /** The address it listens on; null where another process serves it. Rejects with a DiagnosticsError that has the sidecar's own reason when it cannot. */
  listening: Promise<string | null>;
  /** Settles when the thread has ended and nothing of it is left in the observed one; with the reason. */
  ended: Promise<string>;
  /** From now on it does not keep the program alive. */
  unref(): void;
  /** Settles when the thread has ended. */
  stop(): Promise<void>;
}

export interface SidecarStart {
  /** False where the port must be the one in the options, however busy it is. */
  mayMove: boolean;
  /** It prints its URL on stderr, and nobody waits until it listens. @default false */
  printsUrl?: boolean;
  /** With the program that it is of. @default false */
  namesProgram?: boolean;
  /** Where other processes of the family are found. @default none */
  family?: Family | null;
  /** Between two looks at whether its loop turns. @default 10_000 */
  pulseLookMs?: number;
  /** Where it writes the black box. @default none */
  blackBox?: BoxPlace | null;
  /** Told when another process asks for the end of it. @default none may */
  onDetach?: (() => void) | null;
}

/** @throws Error where the program may not start threads */
export function startSidecarThread(
  probe: ObservedProbe,
  options: ResolvedOptions,
  {
    mayMove,
    printsUrl = false,
    namesProgram = false,
    family = null,
    pulseLookMs,
    blackBox = null,
    onDetach = null,
  }: SidecarStart,
): SidecarThread {
  const { port1: probePort, port2: sidecarPort } = new MessageChannel();
  const { offer, withdraw, isConnected, turned } = offerLoop(probe, options.stallThresholdMs);
  // Where its timers are late, a read may begin before the next beat: what it holds is not the program's.
  const stopAnswering = serveProbe(probe, probePort, turned);
  const pulse = createPulse();
  const firstSign = createFirstSign();
  const stopServing = () => {
    for (const step of [withdraw, stopAnswering, probe.forgetObserver]) harmless(step)();
  };
  try {
    const worker = spawnWorker({
      port: sidecarPort,
      known: { process: probe.describe(), heapAvailability: probe.heapAvailability() },
      loop: offer,
      options,
      mayMove,
      printsUrl,
      namesProgram,
      family,
      firstSign,
      pulse,
      blackBox,
      isDetachable: onDetach !== null,
    });
    const onMessage = harmless(({ kind }: SidecarMessage) => {
      if (kind === 'detach') onDetach?.();
    });
    worker.on('message', onMessage);
    let isHanging = false;
    const serveUntilEnd = async () => {
      const reason = await endOf(worker);
      stopServing();
      return isHanging ? HANGS : reason;
    };
    const ended = serveUntilEnd();
    const listening = started(worker, ended);
    const endIfHanging = () => {
      // Node aborts the process when a thread ends in the middle of a connection.
      if (isConnected()) return;
      isHanging = true;
      void worker.terminate();
    };
    const watchItsPulse = () => {
      const stopWatching = watchPulse(pulse, endIfHanging, pulseLookMs);
      whenSettled(ended, stopWatching, stopWatching);
    };
    // Its port keeps a sidecar alive that has nothing to serve.
    whenSettled(listening, watchItsPulse, stopAnswering);
    // Nobody waits for it, so that it must not keep the program alive either.
    if (printsUrl) worker.unref();
    const stopWaiting = awaitFirstSignAtExit(firstSign, () => hasLostPeer(probePort));
    whenSettled(ended, stopWaiting, stopWaiting);
    return { listening, ended, unref: () => worker.unref(), stop: () => stop(worker, ended) };
  } catch (error) {
    stopServing();
    throw error;
  }
}

/** Settles with the reason when the thread has ended. */
function endOf(worker: Worker): Promise<string> {
  let reason = 'it gave no reason';
  // Whatever the sidecar threw, which need not be an error.
  const onError = harmless((error: unknown) => {
    const [firstLine] = String(error instanceof Error ? error.message : error).split('\n');
    reason = firstLine || reason;
  });
  worker.on('error', onError);
  return new Promise((resolve) => worker.once('exit', () => resolve(reason)));
}

function spawnWorker(data: SidecarData): Worker {
  const worker = new Worker(new URL('./entry.cjs', import.meta.url), {
    name: 'pprofql',
    workerData: { ...data, file: sidecarFile() },
    transferList: [data.port, ...(data.loop.target === null ? [] : [data.loop.target.answers])],
    // The program's own flags and preloads are not meant for the sidecar.
    execArgv: [],
    env: workerEnvironment(),
    // The program's streams stay its own.
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(data.options) },
  });
  // A warning in that thread would start Node's reader, which keeps the program alive for good.
  for (const stream of [worker.stdout, worker.stderr]) stream._read = () => {};
  return worker;
}

/**
 * A sidecar that outgrows this is stopped; the observed program runs on. Room for all that the
 * options allow to be kept: 512 MB by default.
 * @internal
 */
export function heapLimitMb(options: ResolvedOptions): number {
  const { maxCaptures, maxTaskRecords, sourceMapMemoryBytes } = options;
  const sourceMapsMb = Math.ceil(sourceMapMemoryBytes / BYTES_PER_MIB);
  const tasksMb = Math.ceil(maxTaskRecords / TASK_RECORDS_PER_MB);
  return OWN_HEAP_MB + maxCaptures * CAPTURE_MB + tasksMb + sourceMapsMb;
}

/** The same folder holds the source in development and the compiled file in the package. */
function sidecarFile(): string {
  const name = import.meta.url.endsWith('.ts') ? './sidecar.ts' : './sidecar.js';
  return fileURLToPath(new URL(name, import.meta.url));
}

function started(worker: Worker, ended: Promise<string>): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, code: ErrorCode = 'UNAVAILABLE') =>
      reject(new DiagnosticsError(code, message));
    // Under `node --watch` Node itself sends messages from its workers, of other kinds.
    worker.on('message', (message: SidecarMessage) => {
      if (message.kind === 'listening') resolve(message.url);
      if (message.kind === 'failed') fail(message.reason, message.code ?? 'UNAVAILABLE');
    });
    whenSettled(ended, (reason) => fail(`the sidecar ended before it listened: ${reason}`), reject);
  });
}

async function stop(worker: Worker, ended: Promise<string>): Promise<void> {
  // From here on the caller waits for the thread, so the thread may keep the program alive.
  worker.ref();
  const order = (message: SidecarOrder) => worker.postMessage(message);
  worker.on('message', ({ kind }: SidecarMessage) => {
    // By the next turn of the loop this thread has closed its ends of the inspector's sessions.
    if (kind === 'stopped') setImmediate(() => order('exit'));
  });
  order('stop');
  const deadline = setTimeout(() => void worker.terminate(), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(deadline);
}
