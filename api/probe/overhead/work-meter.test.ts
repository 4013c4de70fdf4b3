import { expect, it } from 'vitest';
import { createWorkMeter } from './work-meter.ts';

function work(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

it('estimates the time of all work from some that is timed, and never goes back', () => {
  const meter = createWorkMeter({ timedOneIn: 3, initialMs: 0.01 });
  let toldMs = 0;
  for (let index = 0; index < 2_000; index++) {
    const startedAtMs = meter.begin();
    work(0.05);
    meter.end(startedAtMs);
    expect(meter.totalMs()).toBeGreaterThan(toldMs);
    toldMs = meter.totalMs();
  }
  const beforeMs = meter.totalMs();
  for (let index = 0; index < 1_000; index++) meter.begin();
  // What is lost to others that want the processor moves it little.
  expect((meter.totalMs() - beforeMs) / 1_000).toBeGreaterThan(0.045);
  expect((meter.totalMs() - beforeMs) / 1_000).toBeLessThan(0.1);
});
