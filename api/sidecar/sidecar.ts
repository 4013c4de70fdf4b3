/** The sidecar thread: serves the API from its own event loop, whatever the observed one does. */
import { readFileSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../base/errors.ts';
import { logLine } from '../base/log.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import {
  absentBlackBox,
  type BlackBoxKeeper,
  openBlackBox,
} from '../diagnostics/black-box/black-box.ts';
import type { BoxFiles } from '../diagnostics/black-box/names.ts';
import type { LoopOffer } from '../link/observed-loop.ts';
import type { HeapAvailability } from '../probe/readings/heap.ts';
import type { ProcessReading } from '../probe/readings/process.ts';
import { giveFirstSign } from './first-sign.ts';
import { startPulse } from './pulse.ts';
import { surviveRejections } from './rejections.ts';

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
  /** For `giveFirstSign`. */
  firstSign: SharedArrayBuffer;
  /** For `startPulse`. */
  pulse: SharedArrayBuffer;
  /** Where the black box is written; null for none. */
  blackBox: BoxPlace | null;
}

export interface BoxPlace {
  files: BoxFiles;
  /** For `writeUnlessEnding`. */
  endLock: SharedArrayBuffer;
}

export type SidecarMessage =
  | { kind: 'listening'; url: string }
  | { kind: 'failed'; code: ErrorCode | null; reason: string }
  | { kind: 'stopped' };

/**
 * `stop` lets go of everything; `exit`, once `stopped` is reported, ends the thread. In two steps:
 * Node aborts the process when a thread ends whose inspector session the observed one has yet to close.
 */
export type SidecarOrder = 'stop' | 'exit';

const data = workerData as SidecarData;

function openBox({ blackBox, options, known }: SidecarData): BlackBoxKeeper {
  if (blackBox === null) {
    return absentBlackBox('the black box is switched off (option blackBox, PPROFQL_BLACK_BOX)');
  }
  const { intervalMs } = options;
  const pprofqlVersion = readVersion();
  return openBlackBox({ ...blackBox, process: known.process, pprofqlVersion, intervalMs });
}

function readVersion(): string | null {
  try {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return String(JSON.parse(manifest).version);
  } catch {
    return null;
  }
}

function report(message: SidecarMessage): void {
  parentPort!.postMessage(message);
}

surviveRejections(logLine);
startPulse(data.pulse);
// First of all: a program may end before all that serves is loaded, which takes longer than the rest.
const box = openBox(data);
const { serve } = await import('./serving.ts');
const attempt = serve(data, box, report).catch((error) => {
  const code = error instanceof DiagnosticsError ? error.code : null;
  report({ kind: 'failed', code, reason: error instanceof Error ? error.message : String(error) });
});
void attempt.finally(() => giveFirstSign(data.firstSign));
