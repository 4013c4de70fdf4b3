/** Answers of plain GETs that are made as a whole: each takes its turn, and its reader may leave. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { DiagnosticsError } from '../../base/errors.ts';
import { type RefusalFormat, refusalOf, sendRefusal } from '../gates/refusal.ts';
import type { Load } from './load.ts';

export interface WholeAnswer {
  body: string;
  headers?: OutgoingHttpHeaders;
}

export interface WholeAnswerOptions {
  load: Load;
  /** Sent with every answer, also that of a HEAD, for which nothing is made. */
  headers: OutgoingHttpHeaders;
  refusalFormat: RefusalFormat;
}

/** @param make an expected failure of it is told by HTTP status; others are thrown */
export async function answerWhole(
  req: IncomingMessage,
  res: ServerResponse,
  { load, headers, refusalFormat }: WholeAnswerOptions,
  make: () => Promise<WholeAnswer>,
): Promise<void> {
  if (req.method === 'HEAD') {
    res.writeHead(200, headers).end();
    return;
  }
  const ending = new AbortController();
  const reader = load.readers.of(req, res);
  reader.whenLeft(res, () => ending.abort());
  try {
    const done = await load.turns.take(reader, { bytes: 0, signal: ending.signal });
    const { body, headers: own } = await make().finally(done);
    const length = { 'content-length': Buffer.byteLength(body) };
    res.writeHead(200, { ...headers, ...own, ...length }).end(body);
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    sendRefusal(res, refusalOf(error), refusalFormat);
  }
}
