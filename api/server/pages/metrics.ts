/** `/metrics`: figures of all targets, as Prometheus reads them. */
import type { IncomingHttpHeaders } from 'node:http';
import type { TargetMetrics } from '../../diagnostics/metrics/definitions/definition.ts';
import { metricFamilies } from '../../diagnostics/metrics/families.ts';
import {
  METRICS_CONTENT_TYPES,
  type MetricsForm,
  metricsText,
} from '../../formats/text/prometheus.ts';
import type { TargetedDiagnostics, TargetState } from '../../targets/target.ts';
import type { Access } from '../gates/access.ts';
import { checkPlainGet } from '../gates/plain-get.ts';
import { type RefusalFormat, sendRefusal } from '../gates/refusal.ts';
import type { Section } from '../gates/section.ts';
import { apiHeaders } from '../gates/security-headers.ts';
import { preferredType } from '../graphql/accept.ts';
import type { Load } from '../load/load.ts';
import { answerWhole } from '../load/whole-answer.ts';

const PATH = '/metrics';
/** A program may have any number of worker threads, and each is some thirty series. */
const MOST_TARGETS = 200;

const TEXT: RefusalFormat = {
  contentType: 'text/plain; charset=utf-8',
  bodyOf: ({ code, message }) => `${code}: ${message}\n`,
};

const IS_UP: Readonly<Record<TargetState, boolean | null>> = {
  ANSWERING: true,
  FAILING: false,
  NOT_ASKED: null,
};

export interface MetricsOptions {
  diagnostics: TargetedDiagnostics;
  access: Access;
  load: Load;
}

export function createMetrics({ diagnostics, access, load }: MetricsOptions): Section {
  async function readTarget(name: string): Promise<TargetMetrics | null> {
    try {
      const target = diagnostics.target(name);
      const snapshot = await target.metrics();
      const { kind, state, lastAnswerAtMs } = await target.status();
      return { name, kind, isUp: IS_UP[state], lastAnswerAtMs, snapshot };
    } catch {
      // It has left the list meanwhile.
      return null;
    }
  }

  async function readAll(): Promise<TargetMetrics[]> {
    const names = (await diagnostics.targets()).map(({ name }) => name);
    const targets = await Promise.all(names.slice(0, MOST_TARGETS).map(readTarget));
    return targets.filter((target) => target !== null);
  }

  return {
    owns: (path) => path === PATH,
    refusalFormat: TEXT,
    async answer(req, res) {
      const refusal = checkPlainGet(req, access);
      if (refusal !== null) return sendRefusal(res, refusal, TEXT);
      const form = formFor(req.headers);
      // It may vary by the origin as well.
      res.appendHeader('vary', 'accept');
      const headers = { ...apiHeaders(), 'content-type': METRICS_CONTENT_TYPES[form] };
      return answerWhole(req, res, { load, headers, refusalFormat: TEXT }, async () => ({
        body: metricsText(metricFamilies(await readAll()), form),
      }));
    },
    stop() {},
  };
}

const MEDIA_TYPES: readonly { type: string; form: MetricsForm }[] = [
  { type: 'text/plain', form: 'prometheus' },
  { type: 'application/openmetrics-text', form: 'openmetrics' },
];

/** Whoever takes neither gets what all of them read. */
function formFor(headers: IncomingHttpHeaders): MetricsForm {
  const types = MEDIA_TYPES.map(({ type }) => type);
  const preferred = preferredType(headers, types);
  return MEDIA_TYPES.find(({ type }) => type === preferred)?.form ?? 'prometheus';
}
