/** The sidecar thread: serves the API from its own event loop, whatever the observed one does. */
import { parentPort, workerData } from 'node:worker_threads';
import { DiagnosticsError } from '../base/errors.ts';
import { loadAtOnce } from '../base/load-at-once.ts';
import { logLine } from '../base/log.ts';
import {
  absentBlackBox,
  type BlackBoxKeeper,
  openBlackBox,
} from '../diagnostics/black-box/black-box.ts';
import { giveFirstSign } from './first-sign.ts';
import type { SidecarData, SidecarMessage } from './messages.ts';
import { ownVersion } from './own-version.ts';
import { startPulse } from './pulse.ts';
import { surviveRejections } from './rejections.ts';

const data = workerData as SidecarData;

function openBox({ blackBox, options, known }: SidecarData): BlackBoxKeeper {
  if (blackBox === null) {
    return absentBlackBox('the black box is switched off (option blackBox, PPROFQL_BLACK_BOX)');
  }
  const { intervalMs } = options;
  const pprofqlVersion = ownVersion();
  return openBlackBox({ ...blackBox, process: known.process, pprofqlVersion, intervalMs });
}

function report(message: SidecarMessage): void {
  parentPort!.postMessage(message);
}

surviveRejections(logLine);
startPulse(data.pulse);
// First of all: a program may end before all that serves is loaded, which takes longer than the rest.
const box = openBox(data);
const { serve } = loadAtOnce<typeof import('./serving.ts')>('./serving', import.meta.url);
const attempt = serve(data, box, report).catch((error) => {
  const code = error instanceof DiagnosticsError ? error.code : null;
  report({ kind: 'failed', code, reason: error instanceof Error ? error.message : String(error) });
});
void attempt.finally(() => giveFirstSign(data.firstSign));
