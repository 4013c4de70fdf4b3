import { describe, expect, it } from 'vitest';
import { allocationRow } from '../analyzers/testing/allocation-row.ts';
import type { IdentifiedRow } from '../diagnostics/heap/types.ts';
import { fakeDiagnostics } from '../server/testing/fake-diagnostics.ts';
import { devGoroutinesJson, devPprofJson } from './dev-pprof-json.ts';
import { framesOf, taskGroup } from './testing/task-group.ts';

const row: IdentifiedRow = {
  stackId: 'row',
  ...allocationRow({
    frames: framesOf('load@/app/load.js:7', 'handle@/app/server.js:30'),
    bytes: 1_024.4,
    count: 2.6,
  }),
};

const allocations = {
  collectedAtMs: 0,
  pauseMs: 0,
  samplingIntervalBytes: 0,
  rotations: 0,
  liveBytes: 0,
  cumulativeBytes: 0,
  stackCount: 1,
  top: [row],
  inuse: [],
};

async function goroutinesOf(group: Parameters<typeof taskGroup>[0], raw = false) {
  const snapshot = await fakeDiagnostics().goroutines({ raw });
  return devGoroutinesJson({ ...snapshot, total: 1, groups: [taskGroup(group)] });
}

describe('the answer of /api/dev/pprof', () => {
  it('has the names and the shape of the original', async () => {
    const diagnostics = fakeDiagnostics();
    const pprof = { ...(await diagnostics.pprof()), heapObjects: 12 };
    const history = diagnostics.history().slice(0, 1);
    expect(devPprofJson({ pprof, allocations, history })).toEqual({
      timestamp: '2026-01-31T12:00:00.000Z',
      memory: {
        alloc: 5e9,
        total_alloc: 7e9,
        heap_inuse: 6e9,
        heap_objects: 12,
        sys: 9e9,
      },
      cpu: { usage_percent: 10, user_time: 1, system_time: 0 },
      runtime: {
        num_goroutine: 12,
        num_gc: 3,
        gc_pause_ns: 4e9,
        num_cpu: 2,
        gomaxprocs: 2,
      },
      top_allocations: [
        {
          function: 'load',
          file: '/app/load.js',
          line: 7,
          bytes: 1_024,
          count: 3,
          stack: ['load', '\t/app/load.js:7', 'handle', '\t/app/server.js:30'],
        },
      ],
      inuse_allocations: [],
      history: [
        {
          timestamp: '2026-01-31T12:00:00.001Z',
          alloc: 5e9,
          heap_inuse: 6e9,
          goroutines: 12,
          gc_pause_ns: 4e9,
          cpu_percent: 10,
        },
      ],
    });
  });

  it('has empty lists and zeros, never null, where this runtime has nothing', async () => {
    const pprof = await fakeDiagnostics().pprof();
    const old = { ...pprof.figures.memory, totalAllocatedBytes: null };
    const answer = devPprofJson({
      pprof: { ...pprof, figures: { ...pprof.figures, memory: old }, heapObjects: null },
      allocations: null,
      history: [],
    });
    expect(JSON.stringify(answer)).not.toContain('null');
    expect(answer).toMatchObject({
      memory: { total_alloc: 0, heap_objects: 0 },
      top_allocations: [],
      inuse_allocations: [],
      history: [],
    });
    expect(
      devPprofJson({ pprof, allocations: { ...allocations, top: null }, history: [] })
        .top_allocations,
    ).toEqual([]);
  });
});

describe('the answer of /api/dev/pprof/goroutines', () => {
  it('has the names and the shape of the original', async () => {
    expect(
      await goroutinesOf({ count: 3, category: 'PER_REQUEST', oldestWaitMs: 5 * 60_000 + 1 }, true),
    ).toEqual({
      timestamp: '2026-01-31T12:00:00.000Z',
      total_goroutines: 1,
      groups: [
        {
          count: 3,
          state: 'await',
          wait_reason: '5 minutes',
          wait_minutes: 5,
          top_func: 'load',
          stack: ['load', '/app/load.js:7', 'handle', '/app/server.js:30'],
          category: 'per-request',
        },
      ],
      summary: { background: 0, per_request: 0, long_waiting: 0, potentially_stuck: 0 },
      raw_profile: 'goroutine 1 [running]:',
    });
  });

  it('leaves out an empty wait and a dump that was not asked for', async () => {
    const answer = await goroutinesOf({ oldestWaitMs: 59_999 });
    expect(answer).not.toHaveProperty('raw_profile');
    expect(Object.keys(answer.groups[0]!)).toEqual([
      'count',
      'state',
      'top_func',
      'stack',
      'category',
    ]);
  });

  it('has a place for a function of the engine, and no line where none is known', async () => {
    const frames = framesOf('test@:0', 'load@/app/load.js:0');
    const answer = await goroutinesOf({ frames });
    expect(answer.groups[0]?.stack).toEqual(['test', '<builtin>', 'load', '/app/load.js']);
  });

  it('knows a task without a stack', async () => {
    const answer = await goroutinesOf({ frames: [], topFrame: null, oldestWaitMs: null });
    expect(answer.groups[0]).toMatchObject({ top_func: '', stack: [] });
  });
});
