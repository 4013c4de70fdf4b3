/** Who likely holds a lock and waits itself: for whom in the end, or at a channel. */
import { describe, expect, it } from 'vitest';
import { goroutine, LOCK_117, MAIN } from './testing/dumps.ts';
import { toldIn } from './testing/findings.ts';

describe('who likely holds a lock and waits itself', () => {
  const waiter = goroutine(
    100,
    'sync.Mutex.Lock, 3 minutes',
    ...LOCK_117('0xc0004e4348'),
    ['main.(*Manager).reload(0xc0004e4320)', '/app/manager.go:112'],
    MAIN,
  );
  const holder = goroutine(
    101,
    'sync.Mutex.Lock, 3 minutes',
    ...LOCK_117('0xc0009a81b8'),
    ['main.(*Pool).active(0xc0009a8180)', '/app/pool.go:198'],
    ['main.(*Manager).targets(0xc0004e4320)', '/app/manager.go:194'],
    MAIN,
  );
  const waitsForGroup = goroutine(
    102,
    'sync.WaitGroup.Wait, 3 minutes',
    ['sync.runtime_SemacquireWaitGroup(0x0?)', '/usr/local/go/src/runtime/sema.go:110'],
    ['sync.(*WaitGroup).Wait(0xc0007d2010)', '/usr/local/go/src/sync/waitgroup.go:118'],
    ['main.(*Pool).sync(0xc0009a8180)', '/app/pool.go:353'],
    MAIN,
  );
  const last = goroutine(
    103,
    'IO wait, 3 minutes',
    ['main.(*Loop).stop(0xc000b00000)', '/app/loop.go:905'],
    ['main.(*Pool).sync.func1(0xc000b00000, 0xc0007d2010)', '/app/pool.go:346'],
    ['created by main.(*Pool).sync in goroutine 102', '/app/pool.go:344'],
  );

  it('is told with who it waits for in the end', () => {
    expect(toldIn(waiter + holder + waitsForGroup + last)[0]).toMatchObject({
      kind: 'LOCK_CONTENTION',
      at: '/app/pool.go:198',
      sentence:
        '1 goroutine waits for one mutex (0xc0004e4348), in main.(*Manager).reload (/app/manager.go:112), for up to 3 min; goroutine 101 likely holds it since main.(*Manager).targets (/app/manager.go:194), and is in main.(*Pool).active (/app/pool.go:198) (sync.Mutex.Lock), which in the end waits for goroutine 103 in main.(*Loop).stop (/app/loop.go:905) (IO wait).',
    });
  });

  it('is told alone where nobody is seen to hold what it waits for', () => {
    expect(toldIn(waiter + holder)[0]!.sentence).toMatch(/\(sync\.Mutex\.Lock\)\.$/);
  });

  const sender = (channel: string) =>
    goroutine(
      104,
      'chan send, 9 minutes',
      [`main.(*Metrics).collect(0xc000706c90, ${channel})`, '/app/metrics.go:312'],
      MAIN,
    );
  const receiver = (outer: string) =>
    goroutine(
      105,
      'sync.Mutex.Lock, 9 minutes',
      ...LOCK_117('0xc000706c90'),
      ['main.(*Metrics).delete(0xc000706c90, 0x2f1)', '/app/metrics.go:390'],
      [outer, '/app/apply.go:165'],
      MAIN,
    );

  it('at a channel is told with the waiter that may be its other end', () => {
    const [told] = toldIn(sender('0xc024488900') + receiver('main.apply(0xc024488900, 0xc0001)'));
    expect(told).toMatchObject({ kind: 'LOCK_CONTENTION', at: '/app/metrics.go:312' });
    expect(told!.sentence).toContain(
      '; goroutine 104 likely holds it, in main.(*Metrics).collect (/app/metrics.go:312) (chan send); goroutine 105 waits for the lock and was passed 0xc024488900 as that line was, so that it may be who should receive there.',
    );
  });

  it.each([
    ['only the struct of the lock', 'main.apply(0xc000706c90)'],
    ['another address', 'main.apply(0xc0244889f0, 0x1)'],
    ['what may be stale', 'main.apply(0xc024488900?)'],
  ])('at a channel is told alone where the waiter was passed %s', (_, outer) => {
    expect(toldIn(sender('0xc024488900') + receiver(outer))[0]!.sentence).toMatch(
      /\(chan send\)\.$/,
    );
  });
});
