/**
 * Requests to a process over its socket in the folder of this user, or to this one over a connection within its
 * thread. Neither needs a token.
 */
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { DiagnosticsError } from '../../base/errors.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import type { TargetHttp, TargetRequest } from '../remote/http.ts';

const IDLE_SOCKETS = 2;
const SHOWN_REASON_CHARACTERS = 200;

interface SocketHttpOptions {
  name: string;
  /** Ends every request. */
  lifetime: AbortSignal;
}

export function createSocketHttp({
  socketPath,
  ...options
}: SocketHttpOptions & { socketPath: string }): TargetHttp {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: IDLE_SOCKETS });
  options.lifetime.addEventListener('abort', () => agent.destroy(), { once: true });
  return createHttp(options, { agent, socketPath });
}

/** @param connect opens a connection for each request */
export function createHttpWithin({
  connect,
  ...options
}: SocketHttpOptions & { connect: () => Duplex }): TargetHttp {
  return createHttp(options, { createConnection: connect });
}

function createHttp({ name, lifetime }: SocketHttpOptions, way: RequestOptions): TargetHttp {
  const fail = (what: string, cause?: unknown) =>
    new DiagnosticsError('TARGET_FAILED', `target ${name} ${what}`, { cause });

  function send({ path, json }: TargetRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const body = json === undefined ? null : JSON.stringify(json);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...way,
          path,
          signal,
          method: body === null ? 'GET' : 'POST',
          headers: {
            host: 'localhost',
            ...(body !== null && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        resolve,
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function read(asked: TargetRequest, signal: AbortSignal): Promise<Buffer> {
    const { path, maxBytes } = asked;
    const answer = await send(asked, signal);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new DiagnosticsError(
          'LIMIT_EXCEEDED',
          `target ${name} answered ${path} with more than ${maxBytes} bytes`,
        );
      }
    }
    const { statusCode = 0 } = answer;
    if (statusCode === 404) {
      throw new DiagnosticsError('NOT_FOUND', `target ${name} has no ${path}`);
    }
    const body = Buffer.concat(chunks);
    if (statusCode >= 400) {
      throw fail(`answered ${path} with ${statusCode}${reasonIn(answer, body)}`);
    }
    return body;
  }

  return async (asked) => {
    const timeout = AbortSignal.timeout(asked.timeoutMs);
    const signals = [timeout, lifetime, ...(asked.signal === undefined ? [] : [asked.signal])];
    try {
      return await read(asked, AbortSignal.any(signals));
    } catch (error) {
      if (error instanceof DiagnosticsError) throw error;
      if (lifetime.aborted) throw stoppedError();
      asked.signal?.throwIfAborted();
      if (timeout.aborted) {
        throw fail(`did not answer ${asked.path} within ${asked.timeoutMs / 1_000} s`, error);
      }
      const { code, message } = error as NodeJS.ErrnoException;
      throw fail(`could not be asked for ${asked.path}: ${code ?? message}`, error);
    }
  };
}

/** Its first line, where it is text. */
function reasonIn({ headers }: IncomingMessage, body: Buffer): string {
  if (!headers['content-type']?.startsWith('text/plain')) return '';
  const [line = ''] = body.toString('utf8').trim().split('\n');
  return line === '' ? '' : `: ${line.slice(0, SHOWN_REASON_CHARACTERS)}`;
}
