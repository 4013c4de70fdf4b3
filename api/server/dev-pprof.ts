/** `/api/dev/pprof`: the two routes of the original handler, for dashboards that were made for it. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Diagnostics } from '../diagnostics/types.ts';
import { DiagnosticsError } from '../errors.ts';
import { devGoroutinesJson, devPprofJson } from '../formats/dev-pprof-json.ts';
import type { Access } from './access.ts';
import { checkPlainGet } from './plain-get.ts';
import { type Refusal, type RefusalFormat, refusalOf, sendRefusal } from './refusal.ts';
import type { Section } from './section.ts';
import { apiHeaders } from './security-headers.ts';

const PATH = '/api/dev';

const DEV_ERROR: RefusalFormat = {
  contentType: 'application/json',
  bodyOf: ({ message }) => JSON.stringify({ error: { message } }),
};

const NOT_FOUND: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There are /api/dev/pprof and /api/dev/pprof/goroutines only.',
};

type Read = (params: URLSearchParams) => Promise<unknown>;

export interface DevPprofOptions {
  diagnostics: Diagnostics;
  access: Access;
}

export function createDevPprof({ diagnostics, access }: DevPprofOptions): Section {
  const routes = new Map<string, Read>([
    [`${PATH}/pprof`, readPprof],
    [`${PATH}/pprof/goroutines`, readGoroutines],
  ]);

  async function readPprof() {
    // First the heap: its read also tells how many objects there are.
    const allocations = await diagnostics.allocations();
    const pprof = await diagnostics.pprof();
    return devPprofJson({ pprof, allocations, history: diagnostics.history() });
  }

  async function readGoroutines(params: URLSearchParams) {
    return devGoroutinesJson(await diagnostics.goroutines({ raw: params.get('raw') === 'true' }));
  }

  return {
    owns: (path) => path.startsWith(`${PATH}/`),
    refusalFormat: DEV_ERROR,
    async answer(req, res, { path }) {
      const read = routes.get(path);
      const refusal = checkPlainGet(req, access) ?? (read === undefined ? NOT_FOUND : null);
      if (refusal !== null) return sendRefusal(res, refusal, DEV_ERROR);
      // Nothing is read for a HEAD.
      if (req.method === 'HEAD') {
        res.writeHead(200, jsonHeaders()).end();
        return;
      }
      try {
        sendJson(res, await read!(new URL(req.url ?? '', 'http://localhost').searchParams));
      } catch (error) {
        if (!(error instanceof DiagnosticsError)) throw error;
        sendRefusal(res, refusalOf(error), DEV_ERROR);
      }
    },
    stop() {},
  };
}

function sendJson(res: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  res.writeHead(200, { ...jsonHeaders(), 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

function jsonHeaders(): OutgoingHttpHeaders {
  return { ...apiHeaders(), 'content-type': 'application/json' };
}
