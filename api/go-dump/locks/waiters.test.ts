/** Locks that very many goroutines wait for, and very many locks. */
import { describe, expect, it } from 'vitest';
import { parseGoDump } from '../parse.ts';

function waiter(id: number, address: number, minutes: number): string {
  const lock = `0x${address.toString(16)}`;
  return `goroutine ${id} [sync.Mutex.Lock, ${minutes} minutes]:\nsync.runtime_SemacquireMutex(0x0?, 0x0?, 0x1?)\n\t/usr/local/go/src/runtime/sema.go:77 +0x25\nsync.(*Mutex).lockSlow(${lock})\n\t/usr/local/go/src/sync/mutex.go:171 +0x15d\nmain.(*store).put(${lock})\n\t/app/store.go:${id % 2 === 0 ? 9 : 12} +0x3\n\n`;
}

const LOCK = 0xc000100000;
const HOLDER = `goroutine 999999 [IO wait, 59 minutes]:\nmain.(*store).save(0x${LOCK.toString(16)})\n\t/app/store.go:30 +0x3\n\n`;

describe('a lock that 200,000 goroutines wait for', () => {
  const COUNT = 200_000;
  const waiters = Array.from({ length: COUNT }, (_, at) => waiter(at + 1, LOCK, at % 60));
  const { locks } = parseGoDump(waiters.join('') + HOLDER);

  it('has all of them, where they wait, and who has waited longest', () => {
    expect(locks).toHaveLength(1);
    expect(locks[0]).toMatchObject({ waiters: COUNT, readers: 0, longestWaitMinutes: 59 });
    expect(locks[0]!.places.map(({ frame, count }) => [frame.line, count])).toEqual([
      [12, COUNT / 2],
      [9, COUNT / 2],
    ]);
    expect(locks[0]!.waiterIds).toEqual(Array.from({ length: 10 }, (_, at) => (at + 1) * 60));
  });

  it('is held by who does not wait for it', () => {
    expect(locks[0]!.likelyHolder).toMatchObject({ goroutineId: 999_999, state: 'IO wait' });
  });
});

describe('a dump with very many locks', () => {
  it('tells those that have held up longest, wherever they stand', () => {
    const others = Array.from({ length: 30_000 }, (_, at) => waiter(at + 10, LOCK + at * 64, 2));
    others.splice(20_000, 0, waiter(7, 0xc0f0000000, 44), waiter(8, 0xc0f0000000, 45));
    const { locks } = parseGoDump(others.join(''));
    expect(locks[0]).toMatchObject({ address: '0xc0f0000000', waiters: 2, waiterIds: [8, 7] });
    expect(locks[1]).toMatchObject({ waiters: 1, longestWaitMinutes: 2 });
  });
});
