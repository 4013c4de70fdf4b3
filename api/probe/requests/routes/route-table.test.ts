import { expect, it } from 'vitest';
import { OTHER_ROUTES, RouteTable } from './route-table.ts';

const ended = (route: string, durationMs: number | null = 1, method = 'GET') => ({
  method,
  route,
  durationMs,
});

it('tells percentiles to within one percent', () => {
  const table = new RouteTable();
  // From 0.1 ms to 100 s, evenly on a logarithmic scale.
  const durations = Array.from({ length: 10_000 }, (_, index) => 0.1 * 10 ** (index / 1_666.5));
  for (const durationMs of durations) table.note(ended('/a', durationMs));
  const { count, p50Ms, p95Ms, p99Ms, maxMs } = table.read().get('GET /a')!;
  expect(count).toBe(10_000);
  for (const [told, percent] of [
    [p50Ms, 50],
    [p95Ms, 95],
    [p99Ms, 99],
  ] as const) {
    const truth = durations[Math.ceil((percent / 100) * durations.length) - 1]!;
    expect(Math.abs(told! / truth - 1), `p${percent}`).toBeLessThan(0.011);
  }
  expect(maxMs).toBe(durations.at(-1));
});

it('counts what was broken off, and takes no time for it', () => {
  const table = new RouteTable();
  table.note(ended('/a', null));
  expect(table.read().get('GET /a')).toEqual({
    count: 1,
    answeredMs: 0,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
  });
});

it('tells the methods of a route apart', () => {
  const table = new RouteTable();
  table.note(ended('/a', 1, 'GET'));
  table.note(ended('/a', 1, 'POST'));
  expect([...table.read().keys()]).toEqual(['GET /a', 'POST /a']);
});

it('keeps the routes that are served, whoever asks for a thousand others once', () => {
  const table = new RouteTable(10);
  for (let index = 0; index < 1_000; index++) {
    if (index % 2 === 0) table.note(ended('/served', 5));
    table.note(ended(`/scan-${index}`, 3));
  }
  const routes = table.read();
  expect(routes.get('GET /served')?.count).toBe(500);
  expect(routes.size).toBe(11);
  const total = [...routes.values()].reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(1_500);
  expect(routes.get(OTHER_ROUTES)).toMatchObject({ count: 991, maxMs: 3 });
});
