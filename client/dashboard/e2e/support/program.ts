/** Real programs under observation. */
import { fileURLToPath } from 'node:url';
import { observed, Program as StartedProgram } from '../../../../scripts/testing/program.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CLI = fileURLToPath(new URL('../../../../api/cli.ts', import.meta.url));
export const DEMO = fileURLToPath(new URL('../../../../scripts/demo.ts', import.meta.url));

/** Tasks that can never go on, beside tasks that merely wait. */
export const PROOFS = fileURLToPath(
  new URL('../../../../scripts/fixtures/proofs/program.mjs', import.meta.url),
);

export interface Program {
  /** The dashboard's address, with the slash at the end. */
  url: string;
  port: string;
  /** Number of its latest point. */
  latestSequence(): Promise<number>;
  /** Blocks the event loop of one that is `blockable`. */
  block(): void;
  /** Kills it as `kill -9` would, and settles when it is gone. */
  kill(): Promise<void>;
}

interface HistoryAnswer {
  pprof: { history: { sequence: number }[] };
}

/**
 * Starts a program as a user would, with `--import`, a point a second and a free port.
 * Settles when its dashboard can be opened; rejects with its output when it ends before.
 */
export function startProgram(file: string, environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  return serve(observed([file]), environment);
}

/** Opens saved files as `pprofql analyze --serve` does; paths are relative to the project. */
export function serveFiles(files: readonly string[]): Promise<Program> {
  return serve([CLI, 'analyze', ...files, '--serve']);
}

/** Serves the fleet on this Redis as `pprofql fleet` does. */
export function serveFleet(redis: string): Promise<Program> {
  return serve([CLI, 'fleet', '--redis', redis], {});
}

async function serve(
  nodeArguments: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const program = new StartedProgram(nodeArguments, {
    cwd: ROOT,
    env: { PPROFQL_INTERVAL_MS: '1000', ...environment },
  });
  const url = await program.url();
  return {
    url,
    port: new URL(url).port,
    async latestSequence() {
      const { pprof } = await program.ask<HistoryAnswer>('{ pprof { history { sequence } } }');
      return pprof.history.at(-1)?.sequence ?? 0;
    },
    block: () => program.write('block'),
    kill: () => program.kill(),
  };
}
