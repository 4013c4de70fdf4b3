/** A program that was started: what it printed so far, and how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_EVERY_MS = 20;
const LONGEST_RUN_MS = 30_000;

/** What would change the outcome when the caller's own environment has it. */
const CLEARED = ['NODE_OPTIONS', 'NODE_ENV', 'PPROFQL', 'PPROFQL_HOST', 'PPROFQL_TOKEN'];

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export class Program {
  readonly #child: ChildProcess;
  readonly #hasEnded: Promise<unknown>;
  #stdout = '';
  #stderr = '';

  /** `command` is a path, or found beside the given Node first; a port is picked freely. */
  constructor(node: string, command: string, args: string[], options: SpawnOptions) {
    const env: NodeJS.ProcessEnv = { ...process.env };
    for (const name of CLEARED) delete env[name];
    env.PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
    Object.assign(env, { PPROFQL_PORT: '0', npm_config_loglevel: 'error' }, options.env);
    // A group of its own: `npx` has children, which are to end with it when time is up.
    this.#child = spawn(command, args, { cwd: options.cwd, env, detached: true });
    const timeout = setTimeout(() => this.#killGroup(), LONGEST_RUN_MS);
    this.#child.stdout!.on('data', (chunk) => (this.#stdout += chunk));
    this.#child.stderr!.on('data', (chunk) => (this.#stderr += chunk));
    this.#hasEnded = once(this.#child, 'close').finally(() => clearTimeout(timeout));
  }

  /** The first match in what is printed on stderr. */
  async stderrMatch(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stderr);
      if (match !== null) return match;
      const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (hasEnded) throw new Error(`ended without ${pattern}: ${this.#stdout}${this.#stderr}`);
      await delay(POLL_EVERY_MS);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #killGroup(): void {
    process.kill(-this.#child.pid!, 'SIGKILL');
  }

  async end(): Promise<Ending> {
    await this.#hasEnded;
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }
}

export interface SpawnOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}
