/** The thread that a heap snapshot is read and searched on: the server answers on meanwhile. */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../base/errors.ts';
import { createSnapshotReader } from './graph/reader.ts';
import { findHolders } from './holders/holders.ts';
import type { Holders, HoldersQuestion } from './holders/types.ts';
import { findStuckTasks, type TaskProofs } from './task-proofs/proofs.ts';

export interface SearchData {
  /** Of the file, which has no name any more. */
  fd: number;
  bytes: number;
  /** Null: which tasks nobody can settle any more. */
  question: HoldersQuestion | null;
  memoryLimitBytes: number;
}

export type SearchMessage =
  | { kind: 'progress'; share: number }
  | { kind: 'found'; answer: Holders | TaskProofs }
  | { kind: 'failed'; code: ErrorCode | null; message: string };

const CHUNK_BYTES = 1024 ** 2;
/** Of all work, what reading the file takes; the rest is the search. */
const READING_SHARE = 0.8;
const STEPS_OF_PROGRESS = 100;

function search({ fd, bytes, question, memoryLimitBytes }: SearchData): Holders | TaskProofs {
  const reader = createSnapshotReader({ memoryLimitBytes });
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  let told = 0;
  for (let read = readSync(fd, chunk, 0, CHUNK_BYTES, 0); read > 0; ) {
    reader.push(chunk.subarray(0, read));
    position += read;
    const step = Math.floor((position / bytes) * STEPS_OF_PROGRESS);
    if (step > told)
      tell({ kind: 'progress', share: READING_SHARE * Math.min(1, position / bytes) });
    told = step;
    read = readSync(fd, chunk, 0, CHUNK_BYTES, position);
  }
  const graph = reader.finish();
  return question === null ? findStuckTasks(graph) : findHolders(graph, question);
}

function tell(message: SearchMessage): void {
  parentPort!.postMessage(message);
}

try {
  tell({ kind: 'found', answer: search(workerData as SearchData) });
} catch (error) {
  tell({
    kind: 'failed',
    code: error instanceof DiagnosticsError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
  });
}
