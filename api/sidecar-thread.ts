/** Starts the sidecar (`sidecar.ts`) beside the calling thread, and gives what stops it. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from './errors.ts';
import { harmless } from './harmless.ts';
import { offerLoop } from './link/observed-loop.ts';
import { serveProbe } from './link/thread.ts';
import { logLine } from './log.ts';
import { type ResolvedOptions, workerEnvironment } from './options.ts';
import { clearTimeout, setImmediate, setTimeout } from './probe/own-time.ts';
import type { ObservedProbe } from './probe/probe.ts';
import type { SidecarData, SidecarMessage, SidecarOrder } from './sidecar.ts';

/** What the sidecar may take besides what the options give to source maps and captures. */
const OWN_HEAP_MB = 260;
/** A capture of some ten thousand stacks and tasks; most take a tenth. */
const CAPTURE_MB = 12;
/** Of the tasks in a reading, while it is looked into. */
const TASK_RECORDS_PER_MB = 2_500;
const BYTES_PER_MB = 1024 ** 2;
/** An orderly end takes a few milliseconds; past this the thread is ended as it is. */
const STOP_DEADLINE_MS = 2_000;

export interface SidecarThread {
  url: string;
  /** Settles when the thread has ended. */
  stop(): Promise<void>;
}

/**
 * Settles once the sidecar listens. A sidecar that ends by itself (out of memory) leaves nothing in
 * the observed thread: `onGone` is told, so that the probe can be stopped too.
 * @throws DiagnosticsError with the sidecar's own reason when it cannot start.
 */
export async function startSidecarThread(
  probe: ObservedProbe,
  options: ResolvedOptions,
  onGone: () => void,
): Promise<SidecarThread> {
  const { port1: probePort, port2: sidecarPort } = new MessageChannel();
  const stopAnswering = serveProbe(probe, probePort);
  const { offer, withdraw } = offerLoop(probe, options.stallThresholdMs);
  const stopServing = () => {
    withdraw();
    stopAnswering();
  };
  try {
    const worker = spawnWorker({ port: sidecarPort, loop: offer, options });
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const url = await started(worker, exited);
    let isStopping = false;
    worker.on(
      'error',
      harmless((error: Error) => logLine(`diagnostics failed: ${error.message}`)),
    );
    const onExit = harmless(() => {
      stopServing();
      if (isStopping) return;
      logLine('diagnostics have ended; the program runs on without them');
      onGone();
    });
    void exited.then(onExit);
    worker.unref();
    return {
      url,
      stop() {
        isStopping = true;
        return stop(worker, exited);
      },
    };
  } catch (error) {
    stopServing();
    throw error;
  }
}

function spawnWorker(data: SidecarData): Worker {
  return new Worker(sidecarFile(), {
    name: 'pprofql',
    workerData: data,
    transferList: [data.port],
    // The program's own flags and preloads are not meant for the sidecar.
    execArgv: [],
    env: workerEnvironment(),
    // The program's streams stay its own. Unread on purpose: a reader keeps the program alive.
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(data.options) },
  });
}

/**
 * A sidecar that outgrows this is stopped; the observed program runs on. Room for all that the
 * options allow to be kept: 512 MB by default.
 */
export function heapLimitMb(options: ResolvedOptions): number {
  const { maxCaptures, maxTaskRecords, sourceMapMemoryBytes } = options;
  const sourceMapsMb = Math.ceil(sourceMapMemoryBytes / BYTES_PER_MB);
  const tasksMb = Math.ceil(maxTaskRecords / TASK_RECORDS_PER_MB);
  return OWN_HEAP_MB + maxCaptures * CAPTURE_MB + tasksMb + sourceMapsMb;
}

/** The same folder holds the source in development and the compiled file in the package. */
function sidecarFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './sidecar.ts' : './sidecar.js',
    import.meta.url,
  );
}

function started(worker: Worker, exited: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, code: ErrorCode = 'UNAVAILABLE', cause?: unknown) =>
      reject(new DiagnosticsError(code, message, { cause }));
    // Under `node --watch` Node itself sends messages from its workers, of other kinds.
    worker.on('message', (message: SidecarMessage) => {
      if (message.kind === 'listening') resolve(message.url);
      if (message.kind === 'failed') fail(message.reason, message.code ?? 'UNAVAILABLE');
    });
    worker.once('error', (error: Error) =>
      fail(`the sidecar failed: ${error.message}`, 'UNAVAILABLE', error),
    );
    void exited.then(() => fail('the sidecar ended before it listened'));
  });
}

async function stop(worker: Worker, exited: Promise<void>): Promise<void> {
  // From here on the caller waits for the thread, so the thread may keep the program alive.
  worker.ref();
  const order = (message: SidecarOrder) => worker.postMessage(message);
  worker.on('message', ({ kind }: SidecarMessage) => {
    // By the next turn of the loop this thread has closed its ends of the inspector's sessions.
    if (kind === 'stopped') setImmediate(() => order('exit'));
  });
  order('stop');
  const deadline = setTimeout(() => void worker.terminate(), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(deadline);
}
