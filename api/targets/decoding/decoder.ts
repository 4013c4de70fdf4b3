/** Decodes what a target sends: small inputs at once, large ones on a thread of their own, so that the server answers on. */
import { Worker } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../../base/errors.ts';
import { workerEnvironment } from '../../base/options/environment/environment.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import { DECODINGS } from './decodings.ts';
import { unpackedBytes } from './input-size.ts';
import type { DecodingAnswer, DecodingQuestion } from './worker.ts';

export type DecodingName = keyof typeof DECODINGS;
type Input<Name extends DecodingName> = Parameters<(typeof DECODINGS)[Name]>[0];
type Output<Name extends DecodingName> = ReturnType<(typeof DECODINGS)[Name]>;

export interface Decoder {
  /** @throws what the decoding throws, `UNAVAILABLE` where the thread fails, `STOPPED` */
  run<Name extends DecodingName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  /** Ends the thread; what it works on is rejected. Idempotent. */
  stop(): void;
}

export interface DecoderOptions {
  /** Larger inputs, counted unpacked, go to the thread. @default 1_048_576 */
  inlineBytes?: number;
  /** The thread ends when it had nothing to do for so long. @default 10_000 */
  idleMs?: number;
}

const INLINE_BYTES = 1024 ** 2;
const IDLE_MS = 10_000;
/** An input that needs more is refused; the server runs on. */
const HEAP_LIMIT_MB = 2_048;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createDecoder({
  inlineBytes = INLINE_BYTES,
  idleMs = IDLE_MS,
}: DecoderOptions = {}): Decoder {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isStopped = false;

  function end(error: Error): void {
    const ended = worker;
    worker = null;
    clearTimeout(idle);
    void ended?.terminate();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(workerFile(), {
      name: 'pprofql decoding',
      execArgv: [],
      env: workerEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    });
    started.on('message', settle);
    started.on('error', (cause: Error) => {
      if (worker !== started) return;
      end(new DiagnosticsError('UNAVAILABLE', `the decoding failed: ${cause.message}`, { cause }));
    });
    return started;
  }

  function settle({ id, outcome }: DecodingAnswer): void {
    const asked = waiting.get(id);
    waiting.delete(id);
    if ('value' in outcome) asked?.resolve(outcome.value);
    else asked?.reject(errorOf(outcome));
    if (waiting.size > 0) return;
    worker?.unref();
    idle = setTimeout(() => end(stoppedError()), idleMs);
    idle.unref();
  }

  function ask<Name extends DecodingName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    clearTimeout(idle);
    worker ??= start();
    worker.ref();
    lastId += 1;
    const question: DecodingQuestion = { id: lastId, name, input };
    worker.postMessage(question);
    return new Promise((resolve, reject) => {
      waiting.set(lastId, { resolve: resolve as Waiting['resolve'], reject });
    });
  }

  return {
    async run(name, input) {
      if (isStopped) throw stoppedError();
      if (unpackedBytes(input.bytes) > inlineBytes) return ask(name, input);
      return (DECODINGS[name] as (input: unknown) => never)(input);
    },
    stop() {
      isStopped = true;
      end(stoppedError());
    },
  };
}

function errorOf({ code, message }: { code: ErrorCode | null; message: string }): Error {
  return code === null ? new Error(message) : new DiagnosticsError(code, message);
}

/** The same folder holds the source in development and the compiled file in the package. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
}
