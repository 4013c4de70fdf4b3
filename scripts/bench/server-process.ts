/** A server in a process of its own, asked over the channel between parent and child. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Reply } from './servers/control.ts';

export const BUILT_PACKAGE = new URL('../../dist/package/', import.meta.url);
export const REGISTER = new URL('api/register.js', BUILT_PACKAGE).href;

const ADDRESS = /^pprofql: (http:\S+)$/;

export interface ServerProcess {
  /** Where pprofql answers; null without it. */
  diagnosticsUrl: string | null;
  call<T>(command: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  isObserved: boolean;
  env?: NodeJS.ProcessEnv;
}

/** `script` is a file of `servers/`. */
export async function startServer(
  script: string,
  { isObserved, env = {} }: ServerOptions,
): Promise<ServerProcess> {
  const file = fileURLToPath(new URL(`./servers/${script}`, import.meta.url));
  const preload = isObserved ? ['--import', REGISTER] : [];
  const child = spawn(process.execPath, [...preload, file], {
    env: { ...process.env, ...env, PPROFQL_PORT: '0' },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const diagnosticsUrl = isObserved ? await printedAddress(child) : null;
  let lastId = 0;

  return {
    diagnosticsUrl,
    call<T>(command: string, argument?: unknown): Promise<T> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const onMessage = (reply: Reply) => {
          if (reply.id !== id) return;
          child.off('message', onMessage).off('exit', onExit);
          resolve(reply.result as T);
        };
        const onExit = () => reject(new Error(`${script} ended before it answered ${command}`));
        child.on('message', onMessage).on('exit', onExit);
        child.send({ id, command, argument });
      });
    },
    async stop() {
      const hasEnded = once(child, 'exit');
      child.kill('SIGKILL');
      await hasEnded;
    },
  };
}

async function printedAddress(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stderr!)) {
    const address = ADDRESS.exec(line)?.[1];
    if (address !== undefined) {
      child.stderr!.resume();
      return address;
    }
  }
  throw new Error('the server ended without saying where pprofql is');
}
