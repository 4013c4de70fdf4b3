import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import { type HeapLimitFacts, oldSpaceLimitBytes } from './old-space-limit.ts';

const limitMib = (limit: number, facts: Partial<HeapLimitFacts> = {}) =>
  oldSpaceLimitBytes({
    heapSizeLimitBytes: limit * BYTES_PER_MIB,
    nodeMajor: 26,
    options: [],
    ...facts,
  }) / BYTES_PER_MIB;

// As the Nodes tell them.
it.each([
  [26, 4_192, 4_096],
  [24, 4_288, 4_096],
  [22, 4_144, 4_096],
])('takes the young generation of Node %i from its %i MiB', (nodeMajor, told, expected) => {
  expect(limitMib(told, { nodeMajor })).toBe(expected);
});

it('takes the size of the old space that the program was started with', () => {
  expect(limitMib(256, { options: ['--max-old-space-size=160'] })).toBe(160);
  expect(limitMib(196, { options: ['--max_old_space_size=100'] })).toBe(100);
  const twice = ['--max-old-space-size=900', '--inspect', '--max-old-space-size=160'];
  expect(limitMib(256, { options: twice })).toBe(160);
});

it('takes the size of the young generation that the program was started with', () => {
  expect(limitMib(4_108, { options: ['--max-semi-space-size=4'] })).toBe(4_096);
});

it('takes the limit of a worker thread', () => {
  expect(limitMib(160, { maxOldGenerationSizeMb: 64 })).toBe(64);
});

it('leaves most of a small heap to the old space, whose young one V8 makes small too', () => {
  const limit = limitMib(128, { options: ['--max-heap-size=128'] });
  expect(limit).toBeGreaterThan(115);
  expect(limit).toBeLessThan(128);
});

it('does not believe what cannot be', () => {
  expect(limitMib(256, { options: ['--max-old-space-size=9999'] })).toBeLessThan(256);
  expect(limitMib(256, { options: ['--max-old-space-size=lots'] })).toBeLessThan(256);
});

/** Two halves of 16 MiB, of which a busy machine fills one while the other is moved. */
const MOST_MOVED_BYTES = 32 * BYTES_PER_MIB;

it.each([64, 160])(
  'is where a program dies whose old space may have %i MiB',
  async (sizeMib) => {
    const memory = new URL('../process/memory.ts', import.meta.url).href;
    const program = `
      const { createMemoryMeter } = await import(${JSON.stringify(memory)});
      const { writeSync } = await import('node:fs');
      const meter = createMemoryMeter();
      const kept = [];
      for (;;) {
        for (let at = 0; at < 1_000; at++) kept.push(new Array(100).fill(at));
        const { oldSpaceUsedBytes, heapLimitBytes } = meter.read();
        writeSync(1, JSON.stringify({ oldSpaceUsedBytes, heapLimitBytes }) + '\\n');
        await new Promise(setImmediate);
      }`;
    const args = [`--max-old-space-size=${sizeMib}`, '--input-type=module', '--eval', program];
    const ended = await promisify(execFile)(process.execPath, args, {
      maxBuffer: 10 * BYTES_PER_MIB,
    }).catch((error: { stdout: string }) => error);
    const last = JSON.parse(ended.stdout.trim().split('\n').at(-1)!);
    expect(last.heapLimitBytes).toBe(sizeMib * BYTES_PER_MIB);
    // All that the young generation has left to move at once may be the end.
    expect(last.heapLimitBytes - last.oldSpaceUsedBytes).toBeLessThan(MOST_MOVED_BYTES);
    expect(last.oldSpaceUsedBytes / last.heapLimitBytes).toBeLessThan(1.05);
  },
  60_000,
);
