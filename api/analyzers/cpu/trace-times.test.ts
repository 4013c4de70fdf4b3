import { expect, it } from 'vitest';
import { foldedCpuProfile } from '../testing/folded-cpu-profile.ts';
import { hotFunctions } from './hot-functions.ts';
import { traceTimes } from './trace-times.ts';

it('the time of each trace is told, most first, and nothing of what is in none', () => {
  const profile = foldedCpuProfile('serve render 5 4', 'serve query 3 1', 'tick 8 2', 'serve 1 1');
  const traces = ['t1', 't2', null, 't2'];
  const samples = profile.samples.map((sample, at) => {
    const traceId = traces[at];
    return traceId == null
      ? sample
      : { ...sample, labels: { trace_id: traceId, span_id: `${at}` } };
  });
  const rows = traceTimes({ ...profile, samples });
  expect(rows).toMatchObject([
    { traceId: 't1', times: { samples: 5, wallMs: 5, cpuMs: 4 } },
    { traceId: 't2', times: { samples: 4, wallMs: 4, cpuMs: 2 } },
  ]);
  expect(rows[0]!.percent).toBeCloseTo((100 * 5) / 17);
  expect(hotFunctions(rows[1]!.profile)[0]!.frame.function).toBe('query');
  expect(traceTimes(profile)).toEqual([]);
});
