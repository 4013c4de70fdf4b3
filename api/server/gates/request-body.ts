/** The body of a POST, read up to a limit, whether or not the host server has read it already. */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

export type BodyResult = { body: string } | { refusal: Refusal };

/** Express, and Fastify users by hand, leave what they parsed here. */
type MaybeParsed = IncomingMessage & { body?: unknown };

function tooLarge(limitBytes: number): BodyResult {
  return {
    refusal: {
      status: 413,
      code: 'LIMIT_EXCEEDED',
      message: `The body is larger than ${limitBytes} bytes.`,
      // The rest of the body is not read, so the connection cannot be used again.
      headers: { connection: 'close' },
    },
  };
}

function badRequest(message: string): BodyResult {
  return { refusal: { status: 400, code: 'BAD_REQUEST', message } };
}

/** Somebody else has read the stream: use what they left, or say what is missing. */
function parsedBody({ body }: MaybeParsed, limitBytes: number): BodyResult {
  if (body === undefined || body === null) {
    return badRequest(
      'The body was read before it reached this handler, and request.body is not set.',
    );
  }
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const text = isText ? String(body) : JSON.stringify(body);
  return Buffer.byteLength(text) > limitBytes ? tooLarge(limitBytes) : { body: text };
}

async function readStream(req: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not destroy the connection: the refusal still has to be sent.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > limitBytes) return tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks).toString() };
}

/** Reads the text of a request, of whatever type; rejects when the client goes away meanwhile. */
export async function readTextBody(req: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  if (Number(req.headers['content-length']) > limitBytes) return tooLarge(limitBytes);
  return req.readableEnded ? parsedBody(req, limitBytes) : readStream(req, limitBytes);
}
