import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { readGoMemStats } from './legacy-heap-text.ts';

const ring = (...first: number[]) => [...first, ...new Array(256 - first.length).fill(0)].join(' ');

const text = (numGc: number, pauses: string) => `heap profile: 2: 512 [2: 512] @ heap/1048576
1: 416 [1: 416] @ 0x4437a8 0x443a5e
#\t0x4437a7\truntime.malg+0x27\t/usr/lib/go/src/runtime/proc.go:4076


# runtime.MemStats
# Alloc = 2665880
# TotalAlloc = 2814352
# Sys = 19248392
# HeapAlloc = 2665880
# HeapInuse = 3457024
# HeapObjects = 1588
# Stack = 950272 / 950272
# LastGC = 1795372766686849508
# PauseNs = [${pauses}]
# NumGC = ${numGc}
# GCCPUFraction = 0.028
# MaxRSS = 10047488
`;

describe('the memory statistics of a heap profile in text form', () => {
  it('are read under their names', () => {
    expect(readGoMemStats(text(2, ring(15, 25)))).toEqual({
      alloc: 2665880,
      totalAlloc: 2814352,
      sys: 19248392,
      heapInuse: 3457024,
      heapObjects: 1588,
      numGc: 2,
      pausesNs: [25, 15],
      lastGcAtMs: expect.closeTo(1795372766686.8, 0),
      gcCpuFraction: 0.028,
      maxRssBytes: 10047488,
    });
  });

  it('give no pause before the first collection', () => {
    expect(readGoMemStats(text(0, ring())).pausesNs).toEqual([]);
  });

  it('give the last 256 pauses of a ring that has gone round, the last one first', () => {
    const turned = Array.from({ length: 256 }, (_, slot) => slot + 1000).join(' ');
    const { pausesNs } = readGoMemStats(text(258, turned));
    expect(pausesNs).toHaveLength(256);
    // Collection 258 stands at slot 1, the one before at slot 0, then round to slot 255.
    expect(pausesNs.slice(0, 3)).toEqual([1001, 1000, 1255]);
  });

  it('are read from a file with Windows line ends', () => {
    expect(readGoMemStats(text(1, ring(7)).replaceAll('\n', '\r\n')).pausesNs).toEqual([7]);
  });

  it.each([
    [
      'a text without them',
      'heap profile: 0: 0 [0: 0] @ heap/1048576\n',
      /no "# runtime.MemStats"/,
    ],
    ['a text cut off in them', text(1, ring(7)).split('# HeapInuse')[0]!, /lack NumGC/],
  ])('are missing with a typed error in %s', (_, input, message) => {
    expect(() => readGoMemStats(input)).toThrow(DiagnosticsError);
    expect(() => readGoMemStats(input)).toThrow(message);
  });
});
