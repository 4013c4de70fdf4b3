/** A real Prometheus, where Debian's package `prometheus` is installed: it scrapes a whole program, and reads what is shipped for it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchObserved, Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/requests/program.mjs', import.meta.url),
);
const SHIPPED = fileURLToPath(new URL('../../../docs/prometheus/', import.meta.url));
const TOKEN = 'sesame';

/** What it prints once it has taken a free port; not the `:0` that it was told. */
const LISTENING = /\baddress=(127\.0\.0\.1:[1-9]\d*)/;

const isInstalled = spawnSync('prometheus', ['--version']).error === undefined;

interface Answer<Data> {
  status: string;
  error?: string;
  data: Data;
}

interface Series {
  metric: Record<string, string>;
  value: [number, string];
}

describe.skipIf(!isInstalled)('a real Prometheus, where it is installed', () => {
  let program: Program;
  let prometheus: Program;
  let folder = '';
  let url = '';

  beforeAll(async () => {
    program = launchObserved([PROGRAM, 'express'], {
      env: { PPROFQL_TOKEN: TOKEN, PPROFQL_SERVICE: 'shop' },
    });
    const [, port] = await program.printed(/^(\d+)$/m);
    await (await fetch(`http://127.0.0.1:${port}/users/7`)).text();
    const { host } = new URL(await program.url());
    folder = await mkdtemp(join(tmpdir(), 'pprofql-prometheus-'));
    const settings = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(SHIPPED, 'rules.yml')],
      scrape_configs: [
        {
          job_name: 'pprofql',
          authorization: { credentials: TOKEN },
          static_configs: [{ targets: [host] }],
        },
      ],
    };
    // JSON is YAML.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(settings));
    prometheus = new Program(
      [
        '--web.listen-address=127.0.0.1:0',
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
      ],
      { command: 'prometheus', cwd: folder },
    );
    const [, address] = await prometheus.printed(LISTENING, 'stderr');
    url = `http://${address}/api/v1/`;
  });
  afterAll(async () => {
    await program?.kill();
    await prometheus?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask<Data>(path: string, parameters: Record<string, string> = {}): Promise<Data> {
    const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`);
    const { status, error, data } = (await response.json()) as Answer<Data>;
    expect([status, error], parameters.query ?? path).toEqual(['success', undefined]);
    return data;
  }

  const query = async (text: string) =>
    (await ask<{ result: Series[] }>('query', { query: text })).result;

  it('scrapes the program, by its service and route', async () => {
    await vi.waitFor(async () => {
      const series = await query('pprofql_route_duration_seconds_count{route="GET /users/:id"}');
      expect(series).toMatchObject([
        { metric: { job: 'pprofql', target: 'self', service_name: 'shop' }, value: [{}, '1'] },
      ]);
    });
    const names = await query('count(count by (__name__) ({__name__=~"pprofql_.+"}))');
    expect(Number(names[0]!.value[1])).toBeGreaterThan(25);
    const metadata = await ask<Record<string, { type: string; help: string }[]>>('metadata');
    expect(metadata.pprofql_event_loop_stalls?.[0]).toMatchObject({ type: 'counter' });
    expect(metadata.pprofql_route_duration_seconds?.[0]).toMatchObject({ type: 'summary' });
  });

  it('evaluates each of the alert rules that are shipped', async () => {
    await vi.waitFor(async () => {
      const { groups } = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>(
        'rules',
      );
      const rules = groups.flatMap((group) => group.rules);
      expect(rules.length).toBeGreaterThan(5);
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    });
  });

  it('understands each question of the dashboard that is shipped', async () => {
    const { panels } = JSON.parse(await readFile(join(SHIPPED, 'dashboard.json'), 'utf8'));
    const questions = (panels as { targets?: { expr: string }[] }[])
      .flatMap(({ targets = [] }) => targets)
      .map(({ expr }) => expr.replaceAll('$__rate_interval', '5s').replaceAll(/\$\w+/g, '.*'));
    expect(questions.length).toBeGreaterThan(20);
    await Promise.all(questions.map(query));
    const [heap] = questions.filter((text) => text.startsWith('pprofql_heap_used_bytes'));
    expect(await query(heap!)).toHaveLength(1);
  });
});
