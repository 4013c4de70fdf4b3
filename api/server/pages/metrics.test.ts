import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

describe('GET /metrics', () => {
  it('gives the figures of the process as Prometheus reads them', async () => {
    const { url } = await serve();
    const { status, headers, body } = await send(`${url}metrics`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept',
    });
    expect(body).toContain('# TYPE pprofql_event_loop_stalls_total counter\n');
    expect(body).toContain('pprofql_event_loop_stalls_total{target="self"} 2\n');
    expect(body).toContain('pprofql_gc_pause_seconds_total{target="self"} 1.5\n');
    expect(body).toContain('pprofql_tasks_left_behind{target="self"} 2\n');
    expect(body).toContain(
      'pprofql_route_duration_seconds{target="self",route="GET /a",quantile="0.95"} 0.09\n',
    );
    expect(body.endsWith('\n')).toBe(true);
  });

  it.each([
    ['application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
    ['application/openmetrics-text', true],
    ['application/openmetrics-text;q=0.3,text/plain;q=0.7', false],
    ['text/html,application/xhtml+xml,*/*;q=0.8', false],
    ['image/png', false],
  ])('is OpenMetrics for who likes it best (%s)', async (accept, isOpen) => {
    const { url } = await serve();
    const { headers, body } = await send(`${url}metrics`, { headers: { accept } });
    expect(headers['content-type']).toMatch(
      isOpen ? /^application\/openmetrics-text; version=1/ : /^text\/plain/,
    );
    expect(body.endsWith('# EOF\n')).toBe(isOpen);
  });

  it('tells which targets are up, and leaves out one that has left meanwhile', async () => {
    const fake = fakeDiagnostics();
    const status = (name: string, state: 'ANSWERING' | 'FAILING' | 'NOT_ASKED') => ({
      name,
      kind: 'GO' as const,
      state,
      lastAnswerAtMs: 1_500,
      error: null,
    });
    const known = await fake.metrics();
    const { url } = await serve({
      diagnostics: fakeDiagnostics({
        targets: async () => [
          status('self', 'ANSWERING'),
          status('shop', 'FAILING'),
          status('new', 'NOT_ASKED'),
          status('gone', 'ANSWERING'),
        ],
        target(name) {
          if (name === 'gone') throw new DiagnosticsError('NOT_FOUND', 'it has ended');
          if (name == null || name === 'self') return fake.target(name);
          return {
            ...fake,
            name,
            status: async () => status(name, name === 'shop' ? 'FAILING' : 'NOT_ASKED'),
            metrics: async () => ({ ...known, figures: null, process: null, points: [] }),
          };
        },
      }),
    });
    const { body } = await send(`${url}metrics`);
    expect(body).toContain('pprofql_target_up{target="self"} 1\n');
    expect(body).toContain('pprofql_target_up{target="shop"} 0\n');
    expect(body).toContain('pprofql_last_answer_timestamp_seconds{target="shop"} 1.5\n');
    expect(body).not.toContain('pprofql_heap_used_bytes{target="shop"}');
    expect(body).toContain('pprofql_target_info{target="new"');
    expect(body).not.toContain('pprofql_target_up{target="new"}');
    expect(body).not.toContain('gone');
  });

  it('is for those who may ask, and only read', async () => {
    const { url } = await serve({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    const statusOf = async (headers: Record<string, string>, method = 'GET') =>
      (await send(`${url}metrics`, { headers, method })).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ host: 'evil.example' })).toBe(403);
    expect(await statusOf({ origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({}, 'POST')).toBe(405);
    expect(await statusOf({ authorization: 'Bearer sesame' })).toBe(200);
    expect(
      await send(`${url}metrics`, { method: 'HEAD', headers: { authorization: 'Bearer sesame' } }),
    ).toMatchObject({ status: 200, body: '' });
  });

  it('is below the mount path', async () => {
    const { url } = await serve({ basePath: '/mounted' });
    expect((await send(`${url}mounted/metrics`)).body).toContain('pprofql_target_up');
  });
});
