import { describe, expect, it } from 'vitest';
import type { MetricFamily } from '../../diagnostics/metrics/family.ts';
import { metricsText } from './prometheus.ts';

const FAMILIES: MetricFamily[] = [
  {
    name: 'stalls',
    type: 'counter',
    help: 'A "line\\path"\nand more.',
    samples: [{ value: 2, labels: { target: 'self' } }, { value: 1.5e21 }],
  },
  { name: 'heap_used_bytes', type: 'gauge', help: 'Used.', samples: [{ value: 7 }] },
  { name: 'target', type: 'info', help: 'What.', samples: [{ value: 1, labels: { kind: 'GO' } }] },
  {
    name: 'route_seconds',
    type: 'summary',
    help: 'Durations.',
    samples: [
      { value: 0.04, labels: { route: 'GET /a', quantile: '0.5' } },
      { value: 0.4, part: 'sum', labels: { route: 'GET /a' } },
      { value: 8, part: 'count', labels: { route: 'GET /a' } },
    ],
  },
];

describe('metrics as text', () => {
  it('are what Prometheus reads', () => {
    expect(metricsText(FAMILIES, 'prometheus')).toBe(
      String.raw`# HELP stalls_total A "line\\path"\nand more.
# TYPE stalls_total counter
stalls_total{target="self"} 2
stalls_total 1.5e+21
# HELP heap_used_bytes Used.
# TYPE heap_used_bytes gauge
heap_used_bytes 7
# HELP target_info What.
# TYPE target_info gauge
target_info{kind="GO"} 1
# HELP route_seconds Durations.
# TYPE route_seconds summary
route_seconds{route="GET /a",quantile="0.5"} 0.04
route_seconds_sum{route="GET /a"} 0.4
route_seconds_count{route="GET /a"} 8
`,
    );
  });

  it('are OpenMetrics, with names of families, units and an end', () => {
    expect(metricsText(FAMILIES.slice(0, 3), 'openmetrics')).toBe(
      String.raw`# HELP stalls A \"line\\path\"\nand more.
# TYPE stalls counter
stalls_total{target="self"} 2
stalls_total 1.5e+21
# HELP heap_used_bytes Used.
# TYPE heap_used_bytes gauge
# UNIT heap_used_bytes bytes
heap_used_bytes 7
# HELP target What.
# TYPE target info
target_info{kind="GO"} 1
# EOF
`,
    );
    expect(metricsText([], 'openmetrics')).toBe('# EOF\n');
  });

  it('escape what a label may hold, whoever chose it', () => {
    const route = 'GET /"},x{y="\\\n\ud800é😀';
    const text = metricsText(
      [{ name: 'a', type: 'gauge', help: '', samples: [{ value: 1, labels: { route } }] }],
      'prometheus',
    );
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain(String.raw`a{route="GET /\"},x{y=\"\\\n�é😀"} 1`);
  });
});
