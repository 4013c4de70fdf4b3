import { describe, expect, it } from 'vitest';
import type { CpuReading } from '../../probe/readings/cpu.ts';
import { idleMsOf, profileFromCpuReading, wallMsOfSamples } from './cpu.ts';

/** `main` calls `load`, once sampled idle; eight samples of two milliseconds each. */
const reading: CpuReading = {
  id: 1,
  startedAtMs: 1_000,
  durationMs: 16,
  samplingIntervalUs: 1_000,
  startPauseMs: 0,
  stopPauseMs: 0,
  strings: ['', 'main', 'load', '(idle)', '(program)', 'file:///app/a%20b.js'],
  parent: [-1, 0, -1, -1],
  functionName: [1, 2, 3, 4],
  file: [5, 5, 0, 0],
  line: [1, 7, 0, 0],
  column: [1, 9, 0, 0],
  sampleNode: [0, 1, 1, 2, 1, 3, 1, 0],
  sampleRoute: [-1, 0, 1, -1, 0, -1, -1, -1],
  sampleCpuUs: [100, 10, 20, 1, 30, 5, 40, 200],
  sampleAtUs: [1_000, 3_000, 5_000, 7_000, 9_000, 11_000, 13_000, 15_000],
  droppedSamples: 0,
  routes: ['GET /a', 'GET /b'],
  routesUnavailable: null,
  otherThreadsCpuUs: 0,
};

function rows(given: CpuReading): unknown[] {
  const { frames, samples } = profileFromCpuReading(given);
  return samples.map(({ stack, values, labels }) => [
    Array.from(stack, (frame) => frames[frame]!.function).join(' < '),
    labels?.route,
    ...Array.from(values),
  ]);
}

describe('a CPU reading as a profile', () => {
  it('joins samples of one place and route, with the time that they stand for', () => {
    expect(rows(reading)).toEqual([
      ['main', undefined, 2, 4e6, 300_000],
      ['load < main', 'GET /a', 2, 4e6, 40_000],
      ['load < main', 'GET /b', 1, 2e6, 20_000],
      ['(program)', undefined, 1, 2e6, 5_000],
      ['load < main', undefined, 1, 2e6, 40_000],
    ]);
  });

  it('keeps spans apart, by the names that OpenTelemetry has for their ids', () => {
    const spans = [
      { traceId: 't1', spanId: 's1' },
      { traceId: 't1', spanId: 's2' },
    ];
    const { samples } = profileFromCpuReading({
      ...reading,
      sampleSpan: [-1, 0, 1, -1, 1, -1, 0, -1],
      spans,
    });
    expect(samples.map(({ values, labels }) => [values[0], labels])).toEqual([
      [2, undefined],
      [1, { route: 'GET /a', trace_id: 't1', span_id: 's1' }],
      [1, { route: 'GET /b', trace_id: 't1', span_id: 's2' }],
      [1, { route: 'GET /a', trace_id: 't1', span_id: 's2' }],
      [1, undefined],
      [1, { trace_id: 't1', span_id: 's1' }],
    ]);
  });

  it('says what its values are, and what it would show first', () => {
    expect(profileFromCpuReading(reading)).toMatchObject({
      sampleTypes: [
        { type: 'samples', unit: 'count' },
        { type: 'wall', unit: 'nanoseconds' },
        { type: 'cpu', unit: 'nanoseconds' },
      ],
      defaultSampleType: 'cpu',
      periodType: { type: 'cpu', unit: 'nanoseconds' },
      period: 1e6,
      startedAtMs: 1_000,
      durationMs: 16,
    });
  });

  it('gives paths, and the place where each function begins', () => {
    expect(profileFromCpuReading(reading).frames[1]).toEqual({
      function: 'load',
      file: '/app/a b.js',
      line: 7,
      column: 9,
    });
  });

  it('goes without CPU time where the platform has none', () => {
    const profile = profileFromCpuReading({ ...reading, sampleCpuUs: null });
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['samples', 'wall']);
    expect(profile.defaultSampleType).toBe('wall');
    expect(Array.from(profile.samples[0]!.values)).toEqual([2, 4e6]);
  });

  it('lets a sample stand for the time until half way to its neighbors', () => {
    const sampleAtUs = [1_000, 2_000, 8_000, 8_000, 9_000, 10_000, 11_000, 15_000];
    const given = { ...reading, sampleAtUs };
    expect(wallMsOfSamples(given)).toEqual([1.5, 3.5, 3, 0.5, 1, 1, 2.5, 3]);
    expect(idleMsOf(given)).toBe(0.5);
  });

  it('shares the time out equally where times are unknown, also among dropped samples', () => {
    const [first] = rows({ ...reading, sampleAtUs: null, droppedSamples: 8 });
    expect(first).toEqual(['main', undefined, 2, 2e6, 300_000]);
  });

  it('is empty for a reading without samples', () => {
    const none = { sampleNode: [], sampleRoute: [], sampleCpuUs: [], sampleAtUs: [] };
    expect(rows({ ...reading, ...none })).toEqual([]);
  });

  it('tells V8’s own idle from a function of the program that is called so', () => {
    const [own] = rows({
      ...reading,
      file: [5, 5, 5, 0],
      sampleNode: [2],
      sampleRoute: [-1],
      sampleAtUs: [3_000],
    });
    expect(own).toEqual(['(idle)', undefined, 1, 16e6, 100_000]);
  });
});
