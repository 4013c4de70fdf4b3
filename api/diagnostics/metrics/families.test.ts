import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aFiguresReading } from '../../probe/testing/figures-reading.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import type { TargetMetrics } from './definitions/definition.ts';
import { METRICS, metricFamilies } from './families.ts';
import { largestRecent } from './recent-delays.ts';
import type { MetricsSnapshot } from './snapshot.ts';

const EMPTY: MetricsSnapshot = {
  figures: null,
  process: null,
  points: [],
  health: null,
  tasks: null,
  stalls: null,
  blockedForMs: null,
  gcPauseMs: null,
  requestsServed: null,
  routes: [],
};

function target(snapshot: Partial<MetricsSnapshot> | null, name = 'self'): TargetMetrics {
  return {
    name,
    kind: 'NODE',
    isUp: snapshot !== null,
    lastAnswerAtMs: null,
    snapshot: snapshot && { ...EMPTY, ...snapshot },
  };
}

const SUFFIXES = { gauge: '', counter: '_total', summary: '', info: '_info' };

const namesOf = (targets: TargetMetrics[]) => metricFamilies(targets).map(({ name }) => name);

function samplesOf(name: string, ...targets: TargetMetrics[]) {
  return metricFamilies(targets).find((family) => family.name === name)?.samples ?? [];
}

const finding = (kind: 'HEAP_GROWTH' | 'SLOW_ROUTE', severity: 'NOTICE' | 'WARNING') => ({
  id: '',
  kind,
  severity,
  sinceMs: 0,
  sentence: '',
  culprit: null,
  stack: [],
  routes: [],
  count: null,
  bytes: null,
  nextStep: '',
});

describe('metrics of targets', () => {
  it('say of one that is down that it is, and nothing else', () => {
    expect(namesOf([target(null)])).toEqual(['pprofql_target_up', 'pprofql_target']);
    expect(samplesOf('pprofql_target_up', target(null), target({}, 'shop'))).toEqual([
      { labels: { target: 'self' }, value: 0 },
      { labels: { target: 'shop' }, value: 1 },
    ]);
  });

  it('are of a service where that is told', async () => {
    const facts = (await fakeDiagnostics().metrics()).process!;
    const process = { ...facts, serviceName: 'shop', serviceInstanceId: 'pod-7' };
    const labels = { target: 'self', service_name: 'shop' };
    expect(samplesOf('pprofql_target_up', target({ process }))[0]!.labels).toEqual(labels);
    const [info] = samplesOf('pprofql_target', target({ process }));
    expect(info!.labels).toMatchObject({ ...labels, service_instance_id: 'pod-7' });
  });

  it('have no sample for what is not known, and one for zero', () => {
    const liveTasks = (count: number | null) =>
      samplesOf('pprofql_tasks', target({ figures: aFiguresReading({ liveTasks: count }) }));
    expect(liveTasks(null)).toEqual([]);
    expect(liveTasks(0)).toEqual([{ labels: { target: 'self' }, value: 0 }]);
  });

  it('are in seconds and shares', () => {
    const known = target({
      figures: aFiguresReading({ cpu: { userUs: 1_500_000, systemUs: 250_000 } }),
      stalls: { count: 2, ms: 2_500 },
    });
    expect(samplesOf('pprofql_event_loop_stall_seconds', known)[0]!.value).toBe(2.5);
    expect(samplesOf('pprofql_cpu_seconds', known)[0]!.value).toBe(1.75);
    expect(samplesOf('pprofql_tracking_overhead_ratio', known)[0]!.value).toBe(0.001);
  });

  it('count findings of one kind and severity together', () => {
    const findings = [
      finding('HEAP_GROWTH', 'WARNING'),
      finding('HEAP_GROWTH', 'WARNING'),
      finding('SLOW_ROUTE', 'NOTICE'),
    ];
    const health = {
      status: 'WARNING' as const,
      sentence: '',
      checkedAtMs: 0,
      findings,
      tooEarly: [],
      cleared: [],
    };
    const known = target({ health });
    expect(samplesOf('pprofql_health_status', known)[0]!.value).toBe(2);
    expect(samplesOf('pprofql_findings', known)).toEqual([
      { labels: { target: 'self', kind: 'HEAP_GROWTH', severity: 'WARNING' }, value: 2 },
      { labels: { target: 'self', kind: 'SLOW_ROUTE', severity: 'NOTICE' }, value: 1 },
    ]);
  });

  it('say nothing of tracking where nobody tracks', () => {
    const figures = aFiguresReading();
    const untracked = {
      ...figures,
      instrumentation: { ...figures.instrumentation, recordsLimit: 0 },
    };
    expect(namesOf([target({ figures: untracked })])).not.toContain('pprofql_tracking_enabled');
    expect(namesOf([target({ figures })])).toContain('pprofql_tracking_enabled');
  });

  it('have names of base units, each once', () => {
    const names = METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^pprofql_[a-z0-9_]+$/.test(name))).toEqual([]);
    expect(names.filter((name) => /_(total|count|sum|info|ms|percent)$/.test(name))).toEqual([]);
  });

  it('are all documented', () => {
    const documented = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const table = documented.split('\n').filter((line) => line.startsWith('| `pprofql_'));
    expect(table).toEqual(
      METRICS.map(({ name, type, help }) => `| \`${name}${SUFFIXES[type]}\` | ${type} | ${help} |`),
    );
  });
});

describe('the largest recent delay', () => {
  const point = (timestampMs: number, eventLoopDelayMaxMs: number | null) =>
    ({ timestampMs, eventLoopDelayMaxMs }) as never;

  it('is that of the last minute before the last point', () => {
    const points = [point(0, 900), point(30_000, 400), point(70_000, 5), point(80_000, null)];
    expect(largestRecent(points, 'eventLoopDelayMaxMs')).toBe(400);
  });

  it('is not known where no point tells it', () => {
    expect(largestRecent([point(0, null)], 'eventLoopDelayMaxMs')).toBeNull();
    expect(largestRecent([], 'eventLoopDelayMaxMs')).toBeNull();
  });
});
