/** Go's profiles that are neither of memory nor of CPU time, as text and as profile.proto. */
import { describe, expect, it } from 'vitest';
import { encodeProfile } from '../../../formats/pprof/profile.ts';
import type { Profile } from '../../../profile/profile.ts';
import { healthOfFile } from '../health.ts';
import { analyzeFile, contentOf } from '../saved-file.ts';

const analyze = (bytes: Uint8Array) => analyzeFile({ bytes, savedAtMs: 0 });

const WATCH = {
  function: 'example.com/feed.(*server).Watch',
  file: '/src/feed/watch.go',
  line: 148,
};
const MAIN = { function: 'main.main', file: '/src/main.go', line: 9 };

function profileOf(types: [string, string][], rows: [number[], number[]][]): Profile {
  return {
    sampleTypes: types.map(([type, unit]) => ({ type, unit })),
    frames: [WATCH, MAIN],
    samples: rows.map(([values, stack]) => ({ values, stack })),
  };
}

const binary = (profile: Profile) =>
  Buffer.concat([...encodeProfile(profile, { program: 'feed' })]);

const COUNTS = [
  'goroutine profile: total 3003',
  '3000 @ 0x42cb1a 0x42cbfe 0x405a1b',
  '#\t0x42cb19\tgithub.com/x/pipe.(*reader).Read+0x55\t\t/go/pkg/mod/github.com/x/pipe@v1/pipe.go:7',
  '#\t0xbf0ffb\texample.com/feed.(*server).Watch+0x3fc\t\t\t/src/feed/watch.go:148',
  '',
  '3 @ 0x42cb1a 0x427d57',
  '# labels: {"route":"/pay"}',
  '#\t0x427388\tmain.main+0x58\t\t\t/src/main.go:9',
  '',
].join('\n');

describe('goroutines counted by stack', () => {
  it.each([
    ['as text', Buffer.from(COUNTS)],
    [
      'as profile.proto',
      binary(
        profileOf(
          [['goroutine', 'count']],
          [
            [[3_000], [0]],
            [[3], [1]],
          ],
        ),
      ),
    ],
  ])('%s have a total and groups, and no states and waits', (_, bytes) => {
    const analysis = analyze(bytes);
    if (analysis.kind !== 'GOROUTINES') throw new Error(analysis.kind);
    const { total, groups, stats } = analysis.goroutines;
    expect(total).toBe(3_003);
    expect(
      groups.map(({ count, state, oldestWaitMs }) => ({ count, state, oldestWaitMs })),
    ).toEqual([
      { count: 3_000, state: '', oldestWaitMs: null },
      { count: 3, state: '', oldestWaitMs: null },
    ]);
    expect(groups[0]!.frames.at(-1)).toMatchObject(WATCH);
    expect(stats).toMatchObject({ headers: 3_003, truncated: false, notUnderstood: { count: 0 } });
  });

  it('are known to be cut where fewer are listed than the first line counts', () => {
    const analysis = analyze(Buffer.from(COUNTS.slice(0, COUNTS.lastIndexOf('3 @'))));
    expect(analysis).toMatchObject({ goroutines: { total: 3_000, stats: { truncated: true } } });
  });

  it('are read also from records alone, pasted where the # of a frame is lost', () => {
    const analysis = analyze(
      Buffer.from(COUNTS.slice(COUNTS.indexOf('3000 @')).replaceAll('#\t', '')),
    );
    expect(analysis).toMatchObject({
      goroutines: { total: 3_003, groups: [{ count: 3_000 }, { count: 3 }] },
    });
  });

  it('by thousands at one place are left behind', () => {
    const bytes = Buffer.from(COUNTS);
    const analysis = analyze(bytes);
    const health = healthOfFile({ name: 'g', content: contentOf(bytes), savedAtMs: 0, analysis });
    expect(health!.findings).toMatchObject([
      { kind: 'LEFT_BEHIND', severity: 'WARNING', culprit: WATCH, count: 3_000 },
    ]);
  });

  it('of a profile of leaks are all stuck, and said to be proven, however few', () => {
    const bytes = binary(profileOf([['goroutineleak', 'count']], [[[7], [0]]]));
    const analysis = analyze(bytes);
    expect(analysis).toMatchObject({ goroutines: { groups: [{ count: 7, stuckCount: 7 }] } });
    const health = healthOfFile({ name: 'g', content: contentOf(bytes), savedAtMs: 0, analysis });
    expect(health!.findings[0]).toMatchObject({
      kind: 'LEFT_BEHIND',
      severity: 'WARNING',
      culprit: WATCH,
      sentence: expect.stringContaining('7 goroutines can never go on, as Go has proven, in'),
    });
  });
});

describe('time that goroutines waited for locks', () => {
  const text = (name: string) =>
    [
      `--- ${name}:`,
      'cycles/second=2000000000',
      'sampling period=1',
      '100 1 @ 0x1',
      '#\t0x1\tmain.main+0x1\t/src/main.go:9',
      '6000000 4 @ 0x4b3f47',
      '#\t0x4b3f46\texample.com/feed.(*server).Watch+0x66\t/src/feed/watch.go:148',
      '',
    ].join('\n');

  it.each([
    ['mutex', 'mutex'],
    ['contention', 'block'],
  ])('is a table of stacks, longest first (%s)', (title, name) => {
    expect(analyze(Buffer.from(text(title)))).toMatchObject({
      kind: 'STACKS',
      stacks: {
        name,
        count: 5,
        rows: [
          { count: 4, delayNs: 3_000_000, frames: [WATCH] },
          { count: 1, delayNs: 50, frames: [MAIN] },
        ],
      },
    });
  });

  it('is read from profile.proto too, which does not say what it is of', () => {
    const types: [string, string][] = [
      ['contentions', 'count'],
      ['delay', 'nanoseconds'],
    ];
    expect(analyze(binary(profileOf(types, [[[4, 3_000_000], [0]]])))).toMatchObject({
      stacks: { name: 'mutex or block', delayNs: 3_000_000 },
    });
  });
});

it('counts the threads that a program has started', () => {
  expect(analyze(Buffer.from('threadcreate profile: total 5\n5 @\n#\t0x0\n\n'))).toMatchObject({
    kind: 'STACKS',
    // Go knows of no place.
    stacks: { name: 'threadcreate', count: 5, delayNs: null, rows: [{ frames: [] }] },
  });
});
