import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import { writeHeapSnapshot } from './snapshot.ts';

function freshFile(): string {
  return join(temporaryFolder(), 'test.heapsnapshot');
}

it('writes the heap, and says how long the thread stood still', () => {
  const file = freshFile();
  const { collectedAtMs, pauseMs } = writeHeapSnapshot({
    file,
    latestStartMs: Number.POSITIVE_INFINITY,
  });
  expect(readFileSync(file).subarray(0, 20).toString()).toContain('{"snapshot":');
  expect(pauseMs).toBeGreaterThan(0);
  expect(Math.abs(collectedAtMs - Date.now())).toBeLessThan(10_000);
});

it('does not begin when it is too late', () => {
  const file = freshFile();
  expect(() => writeHeapSnapshot({ file, latestStartMs: Date.now() - 1 })).toThrow(
    expect.objectContaining({ code: 'PROCESS_NOT_RESPONDING' }),
  );
  expect(() => readFileSync(file)).toThrow('ENOENT');
});
