import { expect, it } from 'vitest';
import type { HistoryPoint } from '../../client/index.ts';
import { summarise } from './summary.ts';

const point: HistoryPoint = {
  sequence: 7,
  timestamp: '2026-01-31T12:00:00.000Z',
  instanceId: 'instance',
  responding: true,
  profiling: false,
  blockedForMs: 0,
  alloc: 64 * 1024 * 1024,
  heapInuse: 80 * 1024 * 1024,
  oldSpaceUsed: null,
  rss: 120 * 1024 * 1024,
  goroutines: 42,
  requestsInFlight: 1,
  gcPauseNs: 0,
  gcPauseMaxMs: 0,
  gcPauseTotalMs: 0,
  cpuPercent: 12.4,
  eventLoopDelayP50Ms: 0.1,
  eventLoopDelayP99Ms: 2.14,
  eventLoopDelayMaxMs: 3,
  eventLoopUtilization: 0.1,
  droppedBefore: 0,
};

it('says the most important figures in one line', () => {
  expect(summarise(point, 3)).toBe(
    'cpu 12 % · heap 64 MiB · rss 120 MiB · loop p99 2.1 ms · 42 tasks · 3 potentially stuck',
  );
});

it('says first that the process does not respond', () => {
  const line = summarise({ ...point, responding: false, eventLoopDelayP99Ms: null }, 3);
  expect(line).toMatch(/^NOT RESPONDING · cpu 12 %.*loop p99 unknown/);
});

it('says what it does not know, and what it missed', () => {
  expect(summarise({ ...point, droppedBefore: 2 }, null)).toMatch(
    /unknown potentially stuck · 2 points missed$/,
  );
});
