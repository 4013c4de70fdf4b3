/** `/api/dev/pprof`: the two routes of the original handler, for dashboards that were made for it. */
import type { Diagnostics } from '../../diagnostics/types.ts';
import { devGoroutinesJson, devPprofJson } from '../../formats/dev-pprof-json.ts';
import type { Access } from '../gates/access.ts';
import { checkPlainGet } from '../gates/plain-get.ts';
import { type Refusal, type RefusalFormat, sendRefusal } from '../gates/refusal.ts';
import type { Section } from '../gates/section.ts';
import { ageHeader, apiHeaders } from '../gates/security-headers.ts';
import type { Load } from '../load/load.ts';
import { answerWhole } from '../load/whole-answer.ts';

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

interface DevAnswer {
  json: unknown;
  /** When the oldest of its figures were read. */
  measuredAtMs: number;
}

type Read = (params: URLSearchParams) => Promise<DevAnswer>;

export interface DevPprofOptions {
  diagnostics: Diagnostics;
  access: Access;
  load: Load;
}

export function createDevPprof({ diagnostics, access, load }: DevPprofOptions): Section {
  const routes = new Map<string, Read>([
    [`${PATH}/pprof`, readPprof],
    [`${PATH}/pprof/goroutines`, readGoroutines],
  ]);

  async function readPprof(): Promise<DevAnswer> {
    // First the heap: its read also tells how many objects there are.
    const allocations = await diagnostics.allocations();
    const pprof = await diagnostics.pprof();
    const json = devPprofJson({ pprof, allocations, history: diagnostics.history() });
    const { measuredAtMs } = pprof.observation;
    return {
      json,
      measuredAtMs: Math.min(measuredAtMs, allocations?.collectedAtMs ?? measuredAtMs),
    };
  }

  async function readGoroutines(params: URLSearchParams): Promise<DevAnswer> {
    const tasks = await diagnostics.goroutines({ raw: params.get('raw') === 'true' });
    return { json: devGoroutinesJson(tasks), measuredAtMs: tasks.timestampMs };
  }

  const headers = { ...apiHeaders(), 'content-type': 'application/json' };

  return {
    owns: (path) => path.startsWith(`${PATH}/`),
    refusalFormat: DEV_ERROR,
    async answer(req, res, { path }) {
      const read = routes.get(path);
      const refusal = checkPlainGet(req, access) ?? (read === undefined ? NOT_FOUND : null);
      if (refusal !== null) return sendRefusal(res, refusal, DEV_ERROR);
      return answerWhole(req, res, { load, headers, refusalFormat: DEV_ERROR }, async () => {
        const { searchParams } = new URL(req.url ?? '', 'http://localhost');
        const { json, measuredAtMs } = await read!(searchParams);
        return { body: JSON.stringify(json), headers: ageHeader(measuredAtMs) };
      });
    },
    stop() {},
  };
}
