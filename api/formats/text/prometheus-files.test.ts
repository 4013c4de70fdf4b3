/** The alert rules and the dashboard that are shipped in `docs/prometheus/`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { METRICS, metricFamilies } from '../../diagnostics/metrics/families.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { metricsText } from './prometheus.ts';

const FOLDER = new URL('../../../docs/prometheus/', import.meta.url);

const SUFFIXES = {
  gauge: [''],
  counter: ['_total'],
  summary: ['', '_sum', '_count'],
  info: ['_info'],
};
const KNOWN = new Set(METRICS.flatMap(({ name, type }) => SUFFIXES[type].map((end) => name + end)));

const promtool = (args: string[], input?: string) =>
  spawnSync('promtool', args, { cwd: fileURLToPath(FOLDER), encoding: 'utf8', input });

describe('what is shipped for Prometheus', () => {
  it.each(['rules.yml', 'dashboard.json'])('asks in %s for metrics that there are', (file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const asked = new Set(text.match(/pprofql_[a-z0-9_]+/g));
    expect(asked.size).toBeGreaterThan(5);
    expect([...asked].filter((name) => !KNOWN.has(name))).toEqual([]);
  });
});

describe.skipIf(promtool(['--version']).error !== undefined)('promtool', () => {
  it('takes the rules, which fire where they should', () => {
    const { status, stdout, stderr } = promtool(['test', 'rules', 'rules-test.yml']);
    expect(status, stdout + stderr).toBe(0);
  });

  it('has nothing to say against the metrics', async () => {
    const snapshot = await fakeDiagnostics().metrics();
    const target = { name: 'self', kind: 'NODE', isUp: true, lastAnswerAtMs: 1, snapshot };
    const text = metricsText(metricFamilies([target]), 'prometheus');
    const { status, stdout, stderr } = promtool(['check', 'metrics'], text);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
