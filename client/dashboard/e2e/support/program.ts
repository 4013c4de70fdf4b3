/** Real programs under observation. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const REGISTER = fileURLToPath(new URL('../../../../api/register.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../../../../api/cli.ts', import.meta.url));
export const DEMO = fileURLToPath(new URL('../../../../scripts/demo.ts', import.meta.url));

const UNTIL_LISTENING_MS = 30_000;

export interface Program {
  /** The dashboard's address, with the slash at the end. */
  url: string;
  port: string;
  /** Number of its latest point. */
  latestSequence(): Promise<number>;
  /** Kills it as `kill -9` would, and settles when it is gone. */
  kill(): Promise<void>;
}

interface HistoryAnswer {
  data: { pprof: { history: { sequence: number }[] } };
}

/**
 * Starts a program as a user would, with `--import`, a point a second and a free port.
 * Settles when its dashboard can be opened; rejects with its output when it ends before.
 */
export function startProgram(
  file: string,
  environment: Record<string, string> = {},
): Promise<Program> {
  return serve(['--import', REGISTER, file], environment);
}

/** Opens saved files as `pprofql analyze --serve` does; paths are relative to the project. */
export function serveFiles(files: readonly string[]): Promise<Program> {
  return serve([CLI, 'analyze', ...files, '--serve']);
}

async function serve(
  nodeArguments: readonly string[],
  environment: Record<string, string> = {},
): Promise<Program> {
  const child = spawn(process.execPath, nodeArguments, {
    cwd: ROOT,
    env: { ...process.env, PPROFQL_PORT: '0', PPROFQL_INTERVAL_MS: '1000', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await announcedUrl(child);
  return {
    url,
    port: new URL(url).port,
    async latestSequence() {
      const response = await fetch(`${url}graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ pprof { history { sequence } } }' }),
      });
      const { data } = (await response.json()) as HistoryAnswer;
      return data.pprof.history.at(-1)?.sequence ?? 0;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /pprofql: (http:\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    const giveUp = () => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`the program did not listen: ${output}`));
    };
    child.once('exit', giveUp);
    const timer = setTimeout(giveUp, UNTIL_LISTENING_MS);
  });
}
