/** What the observed thread and its sidecar tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../base/errors.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import type { BoxFiles } from '../diagnostics/black-box/store/names.ts';
import type { LoopOffer } from '../link/observed-loop.ts';
import type { FiguresReading } from '../probe/readings/figures.ts';
import type { HeapAvailability } from '../probe/readings/memory/heap.ts';
import type { ProcessReading } from '../probe/readings/process.ts';
import type { Family } from '../targets/children/place.ts';

export interface SidecarData {
  port: MessagePort;
  /** What the probe would answer: the observed loop may be stuck from its first turn on. */
  known: { process: ProcessReading; heapAvailability: HeapAvailability };
  loop: LoopOffer;
  options: ResolvedOptions;
  /** Whether another port will do where the wanted one is busy. */
  mayMove: boolean;
  /** Whether to print the URL on stderr. */
  printsUrl: boolean;
  /** Whether to print with it which program it is of. */
  namesProgram: boolean;
  /** Where other processes of the family are found; null where it keeps to itself. */
  family: Family | null;
  /** For `giveFirstSign`. */
  firstSign: SharedArrayBuffer;
  /** For `startPulse`. */
  pulse: SharedArrayBuffer;
  /** Where the black box is written; null for none. */
  blackBox: BoxPlace | null;
  /** Whether another process may ask for the end of it (`note.ts`). */
  isDetachable: boolean;
}

export interface BoxPlace {
  files: BoxFiles;
  /** For `writeUnlessEnding`. */
  endLock: SharedArrayBuffer;
  /** Of the observed thread as it began: a program may fill its heap before it answers for the first time. */
  firstFigures: FiguresReading | null;
}

export type SidecarMessage =
  /** Null where it is served through the process that observes an ancestor. */
  | { kind: 'listening'; url: string | null }
  | { kind: 'failed'; code: ErrorCode | null; reason: string }
  /** Another process has asked for the end of it. */
  | { kind: 'detach' }
  | { kind: 'stopped' };

/**
 * `stop` lets go of everything; `exit`, once `stopped` is reported, ends the thread. In two steps:
 * Node aborts the process when a thread ends whose inspector session the observed one has yet to close.
 */
export type SidecarOrder = 'stop' | 'exit';
