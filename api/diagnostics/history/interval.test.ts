import { describe, expect, it } from 'vitest';
import { UNKNOWN_CPU } from '../../analyzers/metrics/cpu-meter.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { createInterval } from './interval.ts';

const { figures } = await fakeDiagnostics().pprof();
const process = { sysBytes: null, cpu: UNKNOWN_CPU };
const loop = { delayP50Ms: 1, delayP99Ms: 2, delayMaxMs: 3, utilization: 0.5 };
const pauses = (totalNs: number, maxNs: number) => ({
  ...figures.gc,
  interval: { major: { count: 1, totalNs, maxNs } },
});

describe('the metrics of an interval', () => {
  it('are all null before anything was read', () => {
    const values = Object.values(createInterval().close(process));
    expect(values.length).toBeGreaterThan(10);
    expect(values.every((value) => value === null)).toBe(true);
  });

  it('take the later of two levels, and totals and maxima of both readings', () => {
    const interval = createInterval();
    interval.add({ ...figures, liveTasks: 5, gc: pauses(5e6, 5e6), eventLoop: loop });
    interval.add({
      ...figures,
      liveTasks: 3,
      gc: pauses(4e6, 3e6),
      eventLoop: { delayP50Ms: 0.5, delayP99Ms: 1, delayMaxMs: 7, utilization: 0.1 },
    });
    expect(interval.close(process)).toMatchObject({
      goroutines: 3,
      gcPauseTotalMs: 9,
      gcPauseMaxMs: 5,
      eventLoopDelayP50Ms: 0.5,
      eventLoopDelayP99Ms: 2,
      eventLoopDelayMaxMs: 7,
      eventLoopUtilization: 0.1,
    });
  });

  it('repeat what holds until it is read again, and know nothing of what happened meanwhile', () => {
    const interval = createInterval();
    interval.add(figures);
    const { alloc, gcPauseNs } = interval.close(process);
    expect(interval.close(process)).toMatchObject({
      alloc,
      gcPauseNs,
      gcPauseTotalMs: null,
      gcPauseMaxMs: null,
      eventLoopDelayMaxMs: null,
    });
  });

  it('do not repeat a level that is not known any more', () => {
    const interval = createInterval();
    interval.add({ ...figures, liveTasks: 5 });
    interval.add({ ...figures, liveTasks: null });
    expect(interval.close(process).goroutines).toBeNull();
  });

  it('have what is read without the thread, even where that says nothing', () => {
    const cpu = { usagePercent: 150, userSeconds: 1, systemSeconds: 0.5 };
    const values = createInterval().close({ sysBytes: 9, cpu });
    expect(values).toMatchObject({ sys: 9, usagePercent: 150, alloc: null });
  });

  it('do not take what a target does not tell for zero', () => {
    const interval = createInterval();
    interval.add({
      ...figures,
      eventLoop: null,
      gc: { ...figures.gc, lastPauseNs: null, interval: {} },
    });
    expect(interval.close(process)).toMatchObject({
      gcPauseNs: null,
      gcPauseTotalMs: null,
      gcPauseMaxMs: null,
      eventLoopUtilization: null,
    });
  });
});
