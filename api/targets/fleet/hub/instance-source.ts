/** An instance in the place of another pprofql that is asked over HTTP: the same questions go another way. */
import { DiagnosticsError } from '../../../base/errors.ts';
import type { Decoder } from '../../decoding/decoder.ts';
import type { Post } from '../../pprofql/ask.ts';
import { createPprofqlSource } from '../../pprofql/source.ts';
import type { TargetHttp } from '../../remote/http.ts';
import type { TargetSource } from '../../target.ts';
import { type Asked, hashOf, nameOf, PROFILES } from '../wire/questions.ts';
import type { Asking } from './asking.ts';

export interface InstanceSourceOptions {
  id: string;
  name: string;
  decoder: Decoder;
  asking: Asking;
  /** Why it is not to be asked, as a sentence without its full stop; null where it may be. */
  refusal(): string | null;
  /** Ends every question. */
  lifetime: AbortSignal;
}

export function createInstanceSource(options: InstanceSourceOptions): TargetSource {
  const { id, name, decoder, asking, lifetime } = options;

  async function ask(asked: Asked, timeoutMs: number, signal?: AbortSignal) {
    const refusal = options.refusal();
    if (refusal !== null) throw new DiagnosticsError('TARGET_FAILED', `target ${name} ${refusal}`);
    const ends = signal === undefined ? lifetime : AbortSignal.any([lifetime, signal]);
    return asking.ask({ id, name, asked, timeoutMs, signal: ends });
  }

  const post: Post = ({ text, variables, timeoutMs }) =>
    ask(
      {
        kind: 'DOCUMENT',
        document: nameOf(text),
        hash: hashOf(text),
        variables: variables as Record<string, boolean | number>,
      },
      timeoutMs,
    );
  const http: TargetHttp = async ({ path, timeoutMs, signal }) => {
    const { pathname, searchParams } = new URL(path, 'http://instance');
    const asked: Asked =
      pathname === PROFILES.CPU
        ? { kind: 'CPU', seconds: Number(searchParams.get('seconds')) }
        : { kind: 'HEAP' };
    return (await ask(asked, timeoutMs, signal)).body;
  };
  return understood(createPprofqlSource({ name, http, decoder, post }), name);
}

/** Anybody may have answered anything: what is not understood is no defect of ours. */
function understood(source: TargetSource, name: string): TargetSource {
  const checked = <Arguments extends unknown[], T>(question: (...args: Arguments) => Promise<T>) =>
    async function ask(...args: Arguments): Promise<T> {
      try {
        return await question(...args);
      } catch (cause) {
        if (cause instanceof DiagnosticsError || (cause as Error)?.name === 'AbortError') {
          throw cause;
        }
        throw new DiagnosticsError(
          'TARGET_FAILED',
          `target ${name} answered what is not understood`,
          { cause },
        );
      }
    };
  return {
    ...source,
    read: checked(source.read),
    readAllocations: checked(source.readAllocations),
    readHeap: checked(source.readHeap),
    readGoroutines: checked(source.readGoroutines),
    readCpuProfile: checked(source.readCpuProfile),
    ...(source.readLoop && { readLoop: checked(source.readLoop) }),
    ...(source.readHealth && { readHealth: checked(source.readHealth) }),
    ...(source.readRequests && { readRequests: checked(source.readRequests) }),
    ...(source.readRoutes && { readRoutes: checked(source.readRoutes) }),
  };
}
