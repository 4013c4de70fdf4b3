/** Searches a heap snapshot on a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { DiagnosticsError } from '../base/errors.ts';
import { workerEnvironment } from '../base/options/environment/environment.ts';
import type { Holders, HoldersQuestion } from './holders/types.ts';
import type { TaskProofs } from './task-proofs/proofs.ts';
import type { SearchData, SearchMessage } from './worker.ts';

export interface SearchOptions extends Omit<SearchData, 'question'> {
  /** Told 0 to 1. */
  onProgress: (share: number) => void;
  /** Ends the thread; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
}

/** For names and what the search keeps by the way: the columns of the snapshot are no part of it. */
const HEAP_LIMIT_MB = 512;

/** @throws DiagnosticsError as `createSnapshotReader`, `UNAVAILABLE` where the thread fails */
export async function searchSnapshot(
  question: HoldersQuestion,
  options: SearchOptions,
): Promise<Holders> {
  return (await answered({ ...options, question })) as Holders;
}

/** @throws DiagnosticsError as `searchSnapshot` */
export async function proveBySnapshot(options: SearchOptions): Promise<TaskProofs> {
  return (await answered({ ...options, question: null })) as TaskProofs;
}

function answered({
  onProgress,
  signal,
  ...data
}: SearchOptions & SearchData): Promise<Holders | TaskProofs> {
  const { promise, resolve, reject } = Promise.withResolvers<Holders | TaskProofs>();
  const worker = new Worker(workerFile(), {
    name: 'pprofql heap snapshot',
    workerData: data,
    execArgv: [],
    env: workerEnvironment(),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  worker.unref();
  worker.on('message', (message: SearchMessage) => {
    if (message.kind === 'progress') onProgress(message.share);
    else if (message.kind === 'found') resolve(message.answer);
    else {
      const { code, message: text } = message;
      reject(code === null ? new Error(text) : new DiagnosticsError(code, text));
    }
  });
  worker.on('error', (cause) => reject(failed(cause)));
  worker.on('exit', () => reject(failed(undefined)));
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise.finally(async () => {
    signal.removeEventListener('abort', end);
    // Its file is closed next, which it must not read any more.
    await worker.terminate();
  });
}

function failed(cause: unknown): DiagnosticsError {
  const reason = cause instanceof Error ? cause.message : 'its thread ended';
  return new DiagnosticsError('UNAVAILABLE', `the heap snapshot could not be searched: ${reason}`, {
    cause,
  });
}

/** The same folder holds the source in development and the compiled file in the package. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
}
