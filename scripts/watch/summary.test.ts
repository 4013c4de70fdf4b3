import { expect, it } from 'vitest';
import { summarize } from './summary.ts';

const point = {
  responding: true,
  alloc: 64 * 1024 * 1024,
  sys: 120 * 1024 * 1024,
  goroutines: 42,
  usagePercent: 12.4,
  eventLoopDelayP99Ms: 2.14,
  droppedBefore: 0,
};

const HEALTHY = { status: 'HEALTHY', sentence: 'Healthy.' } as const;

it('says the most important figures in one line', () => {
  expect(summarize(point, HEALTHY)).toBe(
    'cpu 12 % · heap 67.1 MB · rss 126 MB · loop p99 2.1 ms · 42 tasks · Healthy.',
  );
});

it('says first that the process does not respond', () => {
  const line = summarize({ ...point, responding: false, eventLoopDelayP99Ms: null }, null);
  expect(line).toMatch(/^NOT RESPONDING · cpu 12 %.*loop p99 unknown/);
});

it('says what it does not know, and what it missed', () => {
  expect(summarize({ ...point, usagePercent: null, droppedBefore: 2 }, null)).toMatch(
    /^cpu unknown .* 42 tasks · 2 points missed$/,
  );
});

it('says first what is wrong', () => {
  const stuck = { status: 'WARNING', sentence: '3 tasks left behind.' } as const;
  expect(summarize(point, stuck)).toMatch(/^3 tasks left behind\. · cpu 12 % /);
});
