import { describe, expect, it } from 'vitest';
import { parseGoDump } from '../parse.ts';
import { CREATOR, FRAME, goroutine } from '../testing/go-dumps.ts';
import { goDumpGroups } from './groups.ts';

describe('groups of a dump', () => {
  it('keep the oldest, median and newest wait, whichever member comes first', () => {
    for (const order of [
      [9, 1, 0],
      [0, 1, 9],
    ]) {
      const text = order.map((minutes, at) =>
        goroutine(at, minutes === 0 ? 'select' : `select, ${minutes} minutes`),
      );
      expect(goDumpGroups(parseGoDump(text.join(''))).groups).toEqual([
        expect.objectContaining({
          count: 3,
          sampled: 3,
          waitReason: '9 minutes',
          waitMinutes: 9,
          oldestWaitMs: 540_000,
          medianWaitMs: 60_000,
          newestWaitMs: 0,
          longWaitingCount: 2,
        }),
      ]);
    }
  });

  it('name the first frame that is not of the standard library', () => {
    const stack =
      'internal/poll.runtime_pollWait(0x1)\n\t/usr/lib/go-1.26/src/runtime/netpoll.go:351 +0x85\n' +
      'net.(*conn).Read(0x1)\n\tnet/net.go:179 +0x45\nmain.read(0x1)\n\t/home/me/src/main.go:3 +0x1\n';
    const [group] = goDumpGroups(parseGoDump(`goroutine 1 [IO wait]:\n${stack}`)).groups;
    expect(group?.topFrame?.function).toBe('main.read');
  });

  it('that Go found leaked are stuck, and come first', () => {
    const text = goroutine(1, 'select, 90 minutes') + goroutine(2, 'chan receive (leaked)');
    const { groups, summary } = goDumpGroups(parseGoDump(text));
    expect(groups.map(({ state, stuckCount }) => [state, stuckCount])).toEqual([
      ['chan receive (leaked)', 1],
      ['select', 0],
    ]);
    expect(groups[0]!.stuckReason).toMatch(/nothing can ever wake/);
    expect(summary.potentiallyStuck).toBe(1);
  });

  it('carry the threads, numbers and labels of their members', () => {
    const text =
      goroutine(3, 'select, locked to thread') +
      `goroutine 4 [select] {route: "/pay"}:\n${FRAME}${CREATOR}`;
    expect(goDumpGroups(parseGoDump(text)).groups).toEqual([
      expect.objectContaining({
        count: 2,
        lockedToThread: 1,
        goroutineIds: [3, 4],
        labels: ['{route: "/pay"}'],
      }),
    ]);
  });

  it('whose names differ in bytes that are no UTF-8 have the members of all that read the same', () => {
    const named = (id: number, byte: number) =>
      Buffer.from(
        `goroutine ${id} [select]:\nmain.${String.fromCharCode(byte)}()\n\t/a.go:1\n\n`,
        'latin1',
      );
    const dump = parseGoDump(Buffer.concat([named(1, 0xff), named(2, 0xfe)]));
    expect(goDumpGroups(dump).groups).toMatchObject([{ count: 2, goroutineIds: [1, 2] }]);
  });
});
