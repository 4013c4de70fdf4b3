/**
 * `node --import pprofql/register app.js`: starts observing before the program's first line, which does
 * not wait until what was observed is served. Whatever goes wrong here costs one line on stderr; the
 * program runs as if it were not here.
 *
 * An error in an import of this module could not be caught, and would end the program: those use none of
 * JavaScript's built-ins before they are called, since another preload may have replaced them.
 */
import { isMainThread } from 'node:worker_threads';
import { isFirstPreload } from './base/launch/first-preload.ts';
import { isBehindLauncher, roleOf } from './base/launch/role.ts';
import { brokenBuiltIn } from './base/launch/working-built-ins.ts';
import { logLine } from './base/log.ts';
import { refusalOfNode } from './base/old-node.ts';
import { isSwitchedOff } from './base/options/environment/main-switch.ts';

const { url } = import.meta;

/**
 * `--import` modules run in every worker thread of the program too: only the main one is meant. And those in
 * `NODE_OPTIONS` run in npm, in the test runner and in the build.
 */
try {
  const role = isMainThread && !isSwitchedOff() ? roleOf(process, url) : 'LAUNCHER';
  if (role !== 'LAUNCHER') {
    const refusal = refusalOfNode() ?? refusalOfBuiltIns();
    if (refusal !== null) throw new Error(refusal);
    const { openFamily } = await import('./targets/children/place.ts');
    const family = openFamily();
    // A tool is of interest only as a part of what is observed.
    if ((role === 'PROGRAM' || family?.observer != null) && isFirstPreload()) {
      const { startDiagnostics } = await import('./start.ts');
      const namesProgram = isBehindLauncher(process, url);
      startDiagnostics({}, { printsUrl: true, namesProgram, family }).catch(report);
    }
  }
} catch (error) {
  report(error);
}

function refusalOfBuiltIns(): string | null {
  const broken = brokenBuiltIn();
  return broken && `nothing is started, since ${broken} was replaced by what does not work`;
}

function report(error: unknown): void {
  logLine(error instanceof Error ? error.message : String(error));
}
