/**
 * `node --import pprofql/register app.js`: starts observing before the program's first line, which does
 * not wait until what was observed is served. Whatever goes wrong here costs one line on stderr; the
 * program runs as if it were not here.
 */
import { isMainThread } from 'node:worker_threads';
import { roleOf } from './base/launch/role.ts';
import { logLine } from './base/log.ts';
import { refusalOfNode } from './base/old-node.ts';
import { isSwitchedOff } from './base/options/main-switch.ts';

/**
 * `--import` modules run in every worker thread of the program too: only the main one is meant. And those in
 * `NODE_OPTIONS` run in npm, in the test runner and in the build.
 */
if (isMainThread && !isSwitchedOff() && roleOf(process, import.meta.url) === 'PROGRAM') {
  try {
    const refusal = refusalOfNode();
    if (refusal !== null) throw new Error(refusal);
    const { startDiagnostics } = await import('./start.ts');
    startDiagnostics({}, { printsUrl: true }).catch(report);
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  logLine(error instanceof Error ? error.message : String(error));
}
