/** `/debug/pprof/`: the profiles in the formats that Go's and Chrome's tools read, over plain GET. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { DiagnosticsError } from '../../base/errors.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import type { Access } from '../gates/access.ts';
import type { ServerLimits } from '../gates/limits.ts';
import { checkMethod, checkPlainGet, READING } from '../gates/plain-get.ts';
import { type Refusal, type RefusalFormat, refusalOf, sendRefusal } from '../gates/refusal.ts';
import { readTextBody } from '../gates/request-body.ts';
import type { Section } from '../gates/section.ts';
import { ageHeader, apiHeaders } from '../gates/security-headers.ts';
import type { Load } from '../load/load.ts';
import { createPprofEndpoints } from './endpoints.ts';
import { renderPprofPage } from './page.ts';
import type { PprofAnswer, PprofForm, PprofResource } from './query.ts';

const PATH = '/debug/pprof';
const PIECE_BYTES = 64 * 1024;

/** `go tool pprof` shows the reason to its user only in this form. */
const GO_TEXT: RefusalFormat = {
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-go-pprof': '1' },
  bodyOf: ({ message }) => `${message}\n`,
};

export interface DebugPprofOptions {
  diagnostics: Diagnostics;
  access: Access;
  limits: Pick<ServerLimits, 'profileRequests' | 'messageBytes'>;
  load: Load;
}

export function createDebugPprof({
  diagnostics,
  access,
  limits,
  load,
}: DebugPprofOptions): Section {
  const endpoints = createPprofEndpoints(diagnostics);
  /** With the response that each is for, oldest first. */
  const underWay = new Map<AbortController, ServerResponse>();

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    endpoint: PprofResource,
  ): Promise<void> {
    const ending = new AbortController();
    const reader = load.readers.of(req, res);
    reader.whenLeft(res, () => ending.abort());
    underWay.set(ending, res);
    try {
      const { searchParams: params, search } = new URL(req.url ?? '', 'http://localhost');
      if (req.method === 'HEAD') return sendHead(res, endpoint.form(params));
      const body = req.method === 'POST' ? await readTextBody(req, limits.messageBytes) : null;
      if (body !== null && 'refusal' in body) return sendRefusal(res, body.refusal, GO_TEXT);
      const text = body?.body ?? search.slice(1);
      const { signal } = ending;
      const done = await load.turns.take(reader, { bytes: text.length, signal });
      await send(res, await endpoint.answer({ params, text, signal }).finally(done));
    } catch (error) {
      if (error instanceof DiagnosticsError) sendRefusal(res, refusalOf(error), GO_TEXT);
      else if (ending.signal.aborted && !res.headersSent) sendRefusal(res, STOPPED, GO_TEXT);
      else throw error;
    } finally {
      underWay.delete(ending);
    }
  }

  /** Who does not read what was asked for makes room for the next. */
  function hasRoom(): boolean {
    if (underWay.size < limits.profileRequests) return true;
    for (const [ending, res] of underWay) {
      if (!res.writableNeedDrain) continue;
      underWay.delete(ending);
      res.destroy();
      return true;
    }
    return false;
  }

  return {
    owns: (path) => path === PATH || path.startsWith(`${PATH}/`),
    refusalFormat: GO_TEXT,
    async answer(req, res, { path, mountPath }) {
      if (path === PATH) {
        res.writeHead(308, { location: `${mountPath}${PATH}/` }).end();
        return;
      }
      if (path === `${PATH}/`) {
        const refusal = checkMethod(req, READING);
        if (refusal !== null) return sendRefusal(res, refusal, GO_TEXT);
        return sendPage(res, renderPprofPage(endpoints.listed));
      }
      const endpoint = endpoints.find(path.slice(PATH.length + 1));
      const methods = endpoint?.takesPost ? [...READING, 'POST'] : READING;
      const refusal =
        checkPlainGet(req, access, methods) ??
        (endpoint === null ? UNKNOWN_PROFILE : null) ??
        (hasRoom() ? null : tooMany(limits.profileRequests));
      if (refusal !== null) return sendRefusal(res, refusal, GO_TEXT);
      return answer(req, res, endpoint!);
    },
    stop() {
      for (const ending of underWay.keys()) ending.abort();
    },
  };
}

const UNKNOWN_PROFILE: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'Unknown profile; /debug/pprof/ lists what there is.',
};

const STOPPED: Refusal = {
  status: 503,
  code: 'STOPPED',
  message: 'The diagnostics were stopped.',
};

function tooMany(limit: number): Refusal {
  return {
    status: 503,
    code: 'LIMIT_EXCEEDED',
    message: `Already serving ${limit} profiles; ask again later.`,
  };
}

/** It holds no data, so it needs no token. */
function sendPage(res: ServerResponse, page: string): void {
  sendWhole(res, page, { ...apiHeaders(), 'content-type': 'text/html; charset=utf-8' });
}

/** The headers of a GET, all but the length that only doing it would tell. */
function sendHead(res: ServerResponse, form: PprofForm): void {
  res.writeHead(200, headersOf(form)).end();
}

function headersOf(form: PprofForm): OutgoingHttpHeaders {
  if (form.kind === 'text') {
    return { ...apiHeaders(), 'content-type': 'text/plain; charset=utf-8' };
  }
  return {
    ...apiHeaders(),
    'content-type': form.kind === 'profile' ? 'application/octet-stream' : 'application/json',
    'content-disposition': `attachment; filename="${form.fileName}"`,
  };
}

async function send(res: ServerResponse, answer: PprofAnswer): Promise<void> {
  const headers = { ...headersOf(answer), ...ageHeader(answer.measuredAtMs) };
  switch (answer.kind) {
    case 'profile': {
      res.writeHead(200, headers);
      // Pulled chunk by chunk, at the pace of the reader and with turns for others in between.
      const gzip = createGzip({ level: constants.Z_BEST_SPEED });
      return pipeline(Readable.from(answer.chunks), gzip, res);
    }
    case 'stream':
      res.writeHead(200, { ...headers, 'content-length': answer.bytes });
      return pipeline(answer.stream, res);
    case 'json':
      return sendPaced(res, answer.json, headers);
    case 'text':
      return sendPaced(res, answer.text, headers);
  }
}

/** Piece by piece, so that what waits for a slow reader is not all of it. */
function sendPaced(res: ServerResponse, text: string, headers: OutgoingHttpHeaders): Promise<void> {
  const body = Buffer.from(text);
  res.writeHead(200, { ...headers, 'content-length': body.length });
  return pipeline(Readable.from(piecesOf(body)), res);
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    yield body.subarray(at, at + PIECE_BYTES);
  }
}

function sendWhole(res: ServerResponse, body: string, headers: OutgoingHttpHeaders): void {
  res.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
