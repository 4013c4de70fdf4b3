/** A program that a test starts: what it prints, where pprofql answers in it, and that it ends with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onProcessExit } from '../../api/probe/process/exit.ts';
import { repeatedFetch } from '../../client/core/transport/repeated-fetch.ts';

/** What preloads pprofql. */
export const REGISTER = new URL('../../api/register.ts', import.meta.url).href;
/** `vitest.nodes.config.ts` has the tests of programs run on the other Nodes that are supported. */
export const NODE = process.env.PPROFQL_TEST_NODE ?? process.execPath;
/** A busy machine takes long to start two threads. */
const UNTIL_PRINTED_MS = 120_000;
/** A program that was blocked gives up connections that have been idle meanwhile. */
const fetchOnOpenConnection = repeatedFetch(fetch);
/** Behind it stands whose it is, where somebody may wonder. */
const ADDRESS = /^pprofql: (http\S+)(?: \(.+\))?$/m;

export interface ProgramOptions {
  /** Variables besides those of the tests. Unless they say otherwise, pprofql takes a free port. */
  env?: NodeJS.ProcessEnv;
  /** @default that of the tests */
  cwd?: string | undefined;
  /** What is started, with the arguments. @default the Node in PPROFQL_TEST_NODE, else the one that runs the tests */
  command?: string;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

type Stream = 'stdout' | 'stderr';

/** Starts it with pprofql preloaded. */
export function launchObserved(args: readonly string[], options?: ProgramOptions): Program {
  return new Program(observed(args), options);
}

/** The arguments for Node that preload pprofql. */
export const observed = (args: readonly string[]) => ['--import', REGISTER, ...args];

/**
 * Whoever starts it kills it: `await using program = new Program(…)` in a test, `kill()` in `afterAll`.
 * What is forgotten is killed at the end of the process that runs the tests.
 */
export class Program implements AsyncDisposable {
  stdout = '';
  stderr = '';
  /** Settles when it has ended and all that it printed was read. */
  readonly ended: Promise<Ending>;
  readonly #name: string;
  readonly #child: ChildProcess;
  #lines: AsyncIterator<string> | null = null;
  /** Resolves when it prints something or ends. */
  #news = Promise.withResolvers<void>();
  #hasClosed = false;

  constructor(args: readonly string[], options: ProgramOptions = {}) {
    const { env, cwd, command = NODE } = options;
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, PPROFQL_PORT: '0', ...env },
      // In a group of its own, to end with what it starts itself.
      detached: process.platform !== 'win32',
    });
    this.#collect('stdout');
    this.#collect('stderr');
    this.#child.on('error', (error) => {
      this.stderr += error.message;
    });
    // Its end is told by `ended`, and not by a write that comes too late.
    this.#child.stdin!.on('error', () => {});
    this.ended = this.#untilClosed();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where pprofql answers, with the slash at the end, once it has said so. */
  async url(): Promise<string> {
    const [, url] = await this.printed(ADDRESS, 'stderr');
    return url!;
  }

  /**
   * The first match in what it prints.
   * @throws what it printed, when it ends before, and when that takes too long
   */
  async printed(pattern: RegExp, stream: Stream = 'stdout'): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(UNTIL_PRINTED_MS);
    deadline.addEventListener('abort', () => this.#tellNews());
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      if (this.#hasClosed) throw this.#failure(`ended before it printed ${pattern}`);
      if (deadline.aborted) throw this.#failure(`has not printed ${pattern}`);
      await this.#news.promise;
    }
  }

  /** The next line of its standard output that this has not given yet. */
  async nextLine(): Promise<string> {
    this.#lines ??= createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    const { value, done } = await this.#lines.next();
    if (done) throw this.#failure('ended before it printed another line');
    return value;
  }

  /** Asks its pprofql. @throws when the answer tells an error */
  async ask<T>(query: string): Promise<T> {
    const response = await fetchOnOpenConnection(`${await this.url()}graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(`${query} was answered ${JSON.stringify(errors)}`);
    return data;
  }

  /** Puts a line on its standard input. */
  write(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Ends its standard input, and waits for its own end. */
  end(): Promise<Ending> {
    this.#child.stdin!.end();
    return this.ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Kills it and all that it has started, however it is. */
  async kill(): Promise<void> {
    this.#killGroup();
    await this.ended;
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (this.#hasClosed || pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill();
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // All of them have ended, which is not told yet.
    }
  }

  async #untilClosed(): Promise<Ending> {
    const release = onProcessExit(() => this.#killGroup());
    await new Promise((resolve) => this.#child.once('close', resolve));
    release();
    this.#hasClosed = true;
    this.#tellNews();
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #collect(stream: Stream): void {
    this.#child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      this[stream] += text;
      this.#tellNews();
    });
  }

  #tellNews(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #failure(what: string): Error {
    const { exitCode, signalCode } = this.#child;
    const how = this.isRunning ? 'still runs' : `ended with ${exitCode ?? signalCode}`;
    return new Error(`${this.#name} ${what}; it ${how}.\n${this.stdout}${this.stderr}`);
  }
}
