import { describe, expect, it } from 'vitest';
import { aBox, MB } from '../../../targets/testing/black-box.ts';
import { endedRunOf } from './ended-run.ts';

const howOf = (...given: Parameters<typeof aBox>) => endedRunOf(aBox(...given));
const anError = (atMs: number) => ({ name: 'TypeError', frames: [], atMs });
const memoryAt = (oldSpaceMb: number, rssMb = 100) => ({
  ...aBox().memory!,
  oldSpaceUsedBytes: oldSpaceMb * MB,
  rssBytes: rssMb * MB,
});

describe('a run that ended without a word', () => {
  it('was killed where nothing else is known', () => {
    expect(howOf()).toMatchObject({ how: 'KILLED', isCertain: false, exitCode: null });
  });

  it('was certainly killed where it would have handled an ordinary stop', () => {
    expect(howOf({ handlesStops: true })).toMatchObject({ how: 'KILLED', isCertain: true });
  });

  it('was killed by the kernel where that has killed in its container meanwhile', () => {
    const box = aBox({
      kernel: { killsForMemory: 2, killsOnMachine: null, memoryLimitBytes: 512 * MB },
    });
    expect(endedRunOf(box, { killsForMemory: 3 })).toMatchObject({
      how: 'KILLED',
      signal: 'SIGKILL',
      isCertain: true,
      isKilledForMemory: true,
    });
    expect(endedRunOf(box, { killsForMemory: 2 }).isKilledForMemory).toBe(false);
    expect(endedRunOf(box, { killsForMemory: null }).isKilledForMemory).toBe(false);
  });

  it('died of its heap where that was near its limit', () => {
    expect(howOf({ memory: memoryAt(86) }).how).toBe('OUT_OF_MEMORY');
    expect(howOf({ memory: memoryAt(80) }).how).toBe('KILLED');
  });

  it('died of its heap where it grew so far while its thread did not answer any more', () => {
    const memory = memoryAt(60);
    expect(howOf({ memory, guessedOldSpaceBytes: 95 * MB })).toMatchObject({
      how: 'OUT_OF_MEMORY',
      isCertain: false,
      heapUsedBytes: 95 * MB,
    });
    expect(howOf({ memory, guessedOldSpaceBytes: 80 * MB }).how).toBe('KILLED');
  });

  it('was likely killed by the kernel where it had come near to what its container may have', () => {
    const kernel = { killsForMemory: 0, killsOnMachine: 4, memoryLimitBytes: 110 * MB };
    const afterwards = { killsForMemory: 0, killsOnMachine: 4, bootId: 'another boot' };
    expect(endedRunOf(aBox({ kernel }), afterwards)).toMatchObject({
      how: 'KILLED',
      signal: null,
      isCertain: false,
      isKilledForMemory: true,
    });
    const roomy = aBox({ kernel: { ...kernel, memoryLimitBytes: 150 * MB } });
    expect(endedRunOf(roomy, afterwards).isKilledForMemory).toBe(false);
    const killed = { ...afterwards, killsOnMachine: 5 };
    expect(endedRunOf(roomy, killed).isKilledForMemory).toBe(true);
  });

  it('is not accused where the machine was started again', () => {
    expect(endedRunOf(aBox(), { bootId: 'this boot' }).how).toBe('UNKNOWN');
  });

  it('at a terminal may have been stopped in another way than it handles', () => {
    const process = { ...aBox().process, isAttended: true };
    expect(howOf({ handlesStops: true, process }).isCertain).toBe(false);
  });
});

describe('a run that told its end', () => {
  const end = (given: { exitCode: number | null; errorAgoMs?: number }) => {
    const atMs = aBox().writtenAtMs + 500;
    const { exitCode, errorAgoMs } = given;
    const error = errorAgoMs === undefined ? null : anError(atMs - errorAgoMs);
    return { end: { atMs, exitCode, error } };
  };

  it.each([
    [3, 'EXIT_CODE', null],
    [137, 'EXIT_CODE', null],
    [143, 'SIGNAL', 'SIGTERM'],
    [130, 'SIGNAL', 'SIGINT'],
  ])('with exit code %d', (exitCode, how, signal) => {
    expect(howOf(end({ exitCode }))).toMatchObject({ how, signal, exitCode });
  });

  it('by a signal that it sent itself', () => {
    const end = { atMs: 1, exitCode: null, error: null, signal: 'SIGTERM' };
    expect(howOf({ end })).toMatchObject({ how: 'SIGNAL', signal: 'SIGTERM', isCertain: true });
  });

  it('by an exception', () => {
    expect(howOf(end({ exitCode: 7, errorAgoMs: 10 }))).toMatchObject({
      how: 'UNCAUGHT_EXCEPTION',
      error: { name: 'TypeError' },
    });
  });

  it('by an exception after which it told nothing any more', () => {
    expect(howOf(end({ exitCode: null, errorAgoMs: 0 })).how).toBe('UNCAUGHT_EXCEPTION');
  });

  it('is not told by an exception that it survived', () => {
    expect(howOf(end({ exitCode: null, errorAgoMs: 60_000 })).how).toBe('KILLED');
  });
});

it('who held the heap is told with its share', () => {
  const [row] = aBox().allocations!.rows;
  expect(howOf().holder).toEqual({ frames: row!.frames, bytes: 84 * MB, share: 0.84 });
  expect(howOf({ allocations: null }).holder).toBeNull();
});

it('who held the heap is told by line, whichever stacks lead to it', () => {
  const { allocations } = aBox();
  const [row] = allocations!.rows;
  const caller = {
    ...row!.frames[0]!,
    function: 'route',
    file: '/app/node_modules/router/index.js',
  };
  const rows = [
    { ...row!, frames: [{ ...row!.frames[0]!, line: 90 }], liveBytes: 30 * MB },
    { ...row!, liveBytes: 25 * MB },
    { ...row!, frames: [...row!.frames, caller], liveBytes: 20 * MB },
  ];
  const { holder } = howOf({ allocations: { ...allocations!, rows } });
  expect(holder).toMatchObject({ frames: row!.frames, bytes: 45 * MB, share: 0.45 });
});
