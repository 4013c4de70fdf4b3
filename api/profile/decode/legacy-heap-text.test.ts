import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { goMemStatsIn, readGoMemStats, readHeapText } from './legacy-heap-text.ts';

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

describe('the stacks of a heap profile in text form', () => {
  const POOL = { function: 'main.(*pool[...]).grow', file: '/src/my shop/pool.go', line: 8 };
  const MAIN = { function: 'main.main', file: '/src/my shop/main.go', line: 9 };
  const stacks = (form: string, ...counts: string[]) =>
    Buffer.from(
      [
        `heap profile: ${counts[0]} @ ${form}`,
        `${counts[1]} @ 0x4437a8 0x443a5e`,
        '#\t0x4437a7\tmain.(*pool[...]).grow+0x27\t\t/src/my shop/pool.go:8',
        '#\t0x443a5d\tmain.main+0x5d\t\t\t\t/src/my shop/main.go:9',
        '',
        `${counts[2]} @ 0x443a5e`,
        '#\t0x443a5d\tmain.main+0x5d\t/src/my shop/main.go:9',
        '',
      ].join('\n'),
    );
  const COUNTS = ['4: 4194304 [12: 4202496]', '4: 4194304 [4: 4194304]', '0: 0 [8: 8192]'];
  const valuesOf = (form: string) =>
    readHeapText(stacks(form, ...COUNTS))?.samples.map(({ values }) => values);

  it('are those of the binary form, with the rate', () => {
    const profile = readHeapText(stacks('heap/1048576', ...COUNTS));
    expect(profile).toMatchObject({
      frames: [POOL, MAIN],
      samples: [{ stack: [0, 1] }, { stack: [1] }],
      periodType: { type: 'space', unit: 'bytes' },
      period: 524_288,
    });
    expect(profile?.sampleTypes.map(({ type }) => type)).toEqual([
      'alloc_objects',
      'alloc_space',
      'inuse_objects',
      'inuse_space',
    ]);
  });

  it('stand for what was allocated: half of the printed rate is that of the sampler', () => {
    // Of 1 MiB each, 1 - exp(-2) were sampled; of 1 KiB each, 1 - exp(-1/512).
    expect(valuesOf('heap/1048576')).toEqual([
      [4, 4_850_786, 4, 4_850_786],
      [4_100, 4_198_401, 0, 0],
    ]);
    expect(valuesOf('heap_v2/524288')).toEqual(valuesOf('heap/1048576'));
  });

  it.each(['heap/2', 'heap/0', 'heapprofile', 'heapprofile/524288'])(
    'are taken as they stand where everything was sampled, or nobody knows how much (%s)',
    (form) => {
      expect(valuesOf(form)).toEqual([
        [4, 4_194_304, 4, 4_194_304],
        [8, 8_192, 0, 0],
      ]);
    },
  );

  it('tell nothing of what was ever allocated where only live objects are counted', () => {
    const live = ['5: 640 [0: 0]', '4: 512 [0: 0]', '1: 128 [0: 0]'];
    expect(readHeapText(stacks('heapprofile', ...live))).toMatchObject({
      sampleTypes: [{ type: 'inuse_objects' }, { type: 'inuse_space' }],
      samples: [{ values: [4, 512] }, { values: [1, 128] }],
    });
  });

  it('are read with Windows line ends, and with blanks for tabs', () => {
    const plain = stacks('heap/1048576', ...COUNTS).toString();
    for (const saved of [plain.replaceAll('\n', '\r\n'), plain.replaceAll('\t', '    ')]) {
      expect(readHeapText(Buffer.from(saved))).toEqual(readHeapText(Buffer.from(plain)));
    }
  });

  it('need no statistics, which are null where they are left out or cut off', () => {
    expect(goMemStatsIn(stacks('heap/1048576', ...COUNTS).toString())).toBeNull();
    expect(goMemStatsIn(text(1, ring(7)).split('# HeapInuse')[0]!)).toBeNull();
    expect(goMemStatsIn(text(1, ring(7)))?.numGc).toBe(1);
  });

  it('are of no other text', () => {
    expect(readHeapText(Buffer.from('goroutine profile: total 1\n1 @ 0x1\n'))).toBeNull();
  });
});
