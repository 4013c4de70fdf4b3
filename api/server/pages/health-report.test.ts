import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import type { Health } from '../../health/finding.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

const leak = { function: 'remember', file: 'file:///app/shop.mjs', path: 'shop.mjs', line: 7 };
const HEALTH: Health = {
  status: 'WARNING',
  sentence: 'Heap grew.',
  checkedAtMs: 60_000,
  findings: [
    {
      id: 'heap',
      kind: 'HEAP_GROWTH',
      severity: 'WARNING',
      sinceMs: 0,
      sentence: 'Heap grew.',
      culprit: leak,
      stack: [leak],
      routes: [],
      count: null,
      bytes: 1e6,
      nextStep: 'Look.',
    },
  ],
  tooEarly: [],
  cleared: [],
};

describe('GET /health.md', () => {
  it('says as Markdown what is wrong, with links to where the reader is', async () => {
    const { url } = await serve({ diagnostics: fakeDiagnostics({ health: async () => HEALTH }) });
    const { status, headers, body } = await send(`${url}health.md`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(body).toContain('## WARNING: Heap grew.\n');
    expect(body).toContain('- Where: `remember` (shop.mjs:7)\n');
    expect(body).toContain(`(${url}?view=memory)`);
  });

  it('says that all is well, below a mount path', async () => {
    const { url } = await serve({ basePath: '/mounted' });
    const { body } = await send(`${url}mounted/health.md`);
    expect(body).toContain('# Health: HEALTHY\n\nHealthy.');
    expect(body).toContain(`(${url}mounted/?view=tasks)`);
  });

  it('is of the target that is named', async () => {
    const fake = fakeDiagnostics();
    const { url } = await serve({
      diagnostics: fakeDiagnostics({
        target: (name) => {
          if (name === 'shop') return { ...fake.target(name), health: async () => HEALTH };
          throw new DiagnosticsError('NOT_FOUND', `there is no target ${name}`);
        },
      }),
    });
    expect((await send(`${url}health.md?target=shop`)).body).toContain('# Health of shop: WARNING');
    expect(await send(`${url}health.md?target=else`)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'NOT_FOUND: there is no target else\n',
    });
  });

  it('is for those who may ask, and only read', async () => {
    const { url } = await serve({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    const statusOf = async (headers: Record<string, string>, method = 'GET') =>
      (await send(`${url}health.md`, { headers, method })).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ host: 'evil.example' })).toBe(403);
    expect(await statusOf({ origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusOf({}, 'POST')).toBe(405);
    expect(await statusOf({ authorization: 'Bearer sesame' })).toBe(200);
  });

  it('judges nothing for a HEAD', async () => {
    let asked = 0;
    const health = async () => {
      asked += 1;
      return HEALTH;
    };
    const { url } = await serve({ diagnostics: fakeDiagnostics({ health }) });
    expect(await send(`${url}health.md`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
    });
    expect(asked).toBe(0);
  });
});
