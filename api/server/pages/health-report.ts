/** `/health.md`: what is wrong, as Markdown; `?target=` for another than the default target. */
import type { IncomingMessage } from 'node:http';
import { healthReport } from '../../base/text/health-report.ts';
import type { Frame } from '../../profile/profile.ts';
import type { TargetedDiagnostics } from '../../targets/target.ts';
import type { Access } from '../gates/access.ts';
import { checkPlainGet } from '../gates/plain-get.ts';
import { type RefusalFormat, sendRefusal } from '../gates/refusal.ts';
import type { Route } from '../gates/route.ts';
import type { Section } from '../gates/section.ts';
import { apiHeaders } from '../gates/security-headers.ts';
import type { Load } from '../load/load.ts';
import { answerWhole } from '../load/whole-answer.ts';

const PATH = '/health.md';

const TEXT: RefusalFormat = {
  contentType: 'text/plain; charset=utf-8',
  bodyOf: ({ code, message }) => `${code}: ${message}\n`,
};

export interface HealthReportOptions {
  diagnostics: TargetedDiagnostics;
  access: Access;
  load: Load;
}

export function createHealthReport({ diagnostics, access, load }: HealthReportOptions): Section {
  async function reportOn(target: string | null, pageUrl: string | null): Promise<string> {
    const health = await diagnostics.target(target).health();
    const findings = health.findings.map(({ culprit, stack, ...finding }) => ({
      ...finding,
      culprit: culprit && withPath(culprit),
      stack: stack.map(withPath),
    }));
    return healthReport({ ...health, findings }, { target, pageUrl });
  }

  return {
    owns: (path) => path === PATH,
    refusalFormat: TEXT,
    async answer(req, res, route) {
      const refusal = checkPlainGet(req, access);
      if (refusal !== null) return sendRefusal(res, refusal, TEXT);
      const target = new URL(req.url ?? '', 'http://localhost').searchParams.get('target');
      const headers = { ...apiHeaders(), 'content-type': 'text/markdown; charset=utf-8' };
      return answerWhole(req, res, { load, headers, refusalFormat: TEXT }, async () => ({
        body: await reportOn(target, pageUrlOf(req, route)),
      }));
    },
    stop() {},
  };
}

const withPath = (frame: Frame) => ({ ...frame, path: frame.path ?? frame.file });

/** Where the reader has reached this server; null where its request does not tell. */
function pageUrlOf({ headers, socket }: IncomingMessage, { mountPath }: Route): string | null {
  const scheme = 'encrypted' in socket && socket.encrypted ? 'https' : 'http';
  return URL.parse(`${scheme}://${headers.host}${mountPath}/`)?.href ?? null;
}
