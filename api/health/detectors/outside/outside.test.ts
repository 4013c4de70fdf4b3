import { describe, expect, test } from 'vitest';
import { type Detector, TOO_EARLY } from '../../finding.ts';
import { aFrame, evidenceOf, NOW_MS } from '../../testing/evidence.ts';
import { aMade, levelsOf, outsideOf, told } from '../../testing/outside.ts';
import { externalMemoryGrowth } from './external-memory-growth.ts';
import { handleGrowth } from './handle-growth.ts';
import { nativeMemoryGrowth } from './native-memory-growth.ts';
import { openFileGrowth } from './open-file-growth.ts';
import { threadGrowth } from './thread-growth.ts';

describe('where nothing is told of what lives outside the heap', () => {
  test.each([
    externalMemoryGrowth,
    handleGrowth,
    openFileGrowth,
    nativeMemoryGrowth,
    threadGrowth,
  ] as Detector[])('nothing is found ($name)', (detector) => {
    expect(detector.check(evidenceOf({ outside: null }))).toBeNull();
    expect(told(detector, {})).toBeNull();
    expect(told(detector, { levels: levelsOf(4, () => ({})) })).toBe(TOO_EARLY);
  });
});

describe('buffers', () => {
  const growing = levelsOf(13, (index) => ({ arrayBuffersBytes: 10e6 + index * 5e6 }));

  test('that grow are told with the line that makes what is kept', () => {
    const made = [
      aMade({ keptBytes: 27e6 }),
      aMade({ keptBytes: 3e6, frames: [aFrame('log', '/app/src/log.ts', 2)] }),
    ];
    expect(told(externalMemoryGrowth, { levels: growing, made })).toMatchInlineSnapshot(
      `"WARNING: Buffers outside the heap grew 45.0 MB in 2 min; ≈90 % of what was added was made in keep (src/keep.ts:5). → Look at what keeps the buffers that this line makes: give that collection a bound, or let go of them once they are used."`,
    );
  });

  test('that Node tells as external memory alone are told all the same, and once', () => {
    const levels = levelsOf(13, (index) => ({ nativeBytes: 10e6 + index * 5e6 }));
    const made = [aMade({ keptBytes: 27e6 })];
    expect(told(externalMemoryGrowth, { levels, made })).toMatch(
      /^WARNING: Buffers outside the heap grew 45.0 MB in 2 min; .* keep \(src\/keep.ts:5\)/,
    );
    expect(told(nativeMemoryGrowth, { levels, made })).toBeNull();
  });

  test('that grow slowly are a notice, where their line is known', () => {
    const levels = levelsOf(19, (index) => ({ arrayBuffersBytes: 10e6 + index * 0.8e6 }));
    const made = [aMade({ keptBytes: 4.5e6 })];
    expect(told(externalMemoryGrowth, { levels, made })).toMatch(
      /^NOTICE: Buffers outside the heap grew 10.4 MB in 3 min; ≈94 % .* keep \(src\/keep.ts:5\)/,
    );
    expect(told(externalMemoryGrowth, { levels })).toBeNull();
    expect(
      told(externalMemoryGrowth, { levels, made: [aMade({ keptBytes: 4.5e6, frames: [] })] }),
    ).toBeNull();
  });

  test('of which no line is known are a notice', () => {
    expect(told(externalMemoryGrowth, { levels: growing })).toMatchInlineSnapshot(
      `"NOTICE: Buffers outside the heap grew 45.0 MB in 2 min. → Look for what keeps typed arrays, or the bodies of requests and answers: what Node itself or \`new Uint8Array\` makes is not told by stack."`,
    );
  });

  test('are not blamed on a line whose buffers explain little of what grew', () => {
    const made = [aMade({ keptBytes: 5e6 })];
    expect(told(externalMemoryGrowth, { levels: growing, made })).toMatch(
      /^NOTICE: Buffers outside the heap grew 45.0 MB in 2 min\. →/,
    );
  });

  test('of bodies are told with the line that reads as much as is added', () => {
    const reads = (keptBytes: number) => [
      aMade({ kind: 'BODY', keptBytes, frames: [aFrame('load', '/app/src/load.ts', 3)] }),
    ];
    expect(
      told(externalMemoryGrowth, { levels: growing, made: reads(31e6) }),
    ).toMatchInlineSnapshot(
      `"WARNING: Buffers outside the heap grew 45.0 MB in 2 min, about as much as load (src/load.ts:3) read of answers to fetch. → Look at what keeps the bodies that this line reads: give that collection a bound, or let go of them once they are used."`,
    );
    for (const keptBytes of [10e6, 300e6]) {
      expect(told(externalMemoryGrowth, { levels: growing, made: reads(keptBytes) })).toMatch(
        /^NOTICE: Buffers outside the heap grew 45.0 MB in 2 min\. →/,
      );
    }
  });

  test('that sockets hold are told with the sockets', () => {
    const levels = growing.map((level, index) => ({
      ...level,
      handles: { TCPSocketWrap: 10 * index },
    }));
    const made = [aMade({ kind: 'TCPWRAP', idle: 40, settled: 60, kept: 60, records: 60 })];
    expect(told(externalMemoryGrowth, { levels, made })).toBeNull();
  });

  test('of a cache that has filled up are well', () => {
    const levels = levelsOf(31, (index) => ({ arrayBuffersBytes: Math.min(60, index * 6) * 1e6 }));
    expect(told(externalMemoryGrowth, { levels, made: [aMade({ keptBytes: 50e6 })] })).toBeNull();
  });

  test('that come and go are well', () => {
    const levels = levelsOf(19, (index) => ({ arrayBuffersBytes: (10 + 20 * (index % 3)) * 1e6 }));
    expect(told(externalMemoryGrowth, { levels, made: [aMade({ keptBytes: 50e6 })] })).toBeNull();
  });
});

describe('native memory', () => {
  const growing = levelsOf(13, (index) => ({ nativeBytes: 1e6 + index * 5e6 }));
  const rest = levelsOf(19, (index) => ({ restBytes: 40e6 + index * 10e6 }));

  test('that grows is told with the objects behind it, and who made them', () => {
    const made = [aMade({ kind: 'ZLIB', settled: 200, kept: 190, records: 100 })];
    expect(told(nativeMemoryGrowth, { levels: growing, made })).toMatchInlineSnapshot(
      `"WARNING: Native memory grew 45.0 MB in 2 min: ≈190 zlib streams made in keep (src/keep.ts:5) are kept and not closed. → Close each zlib stream that this line makes when it is done (\`close()\`, \`destroy()\`): its memory is not given back before."`,
    );
  });

  test('of which nothing is known is a notice', () => {
    expect(told(nativeMemoryGrowth, { levels: growing })).toMatchInlineSnapshot(
      `"NOTICE: Native memory grew 45.0 MB in 2 min, beside the heap and the buffers. → See whether a native addon, or something that is opened for each request, is the cause: compare the process with and without it."`,
    );
    expect(told(nativeMemoryGrowth, { levels: rest })).toMatch(
      /^NOTICE: Native memory grew 130 MB/,
    );
  });

  test('of objects that are closed again is not blamed on them', () => {
    const made = [aMade({ kind: 'ZLIB', settled: 900, kept: 9 })];
    expect(told(nativeMemoryGrowth, { levels: growing, made })).toMatch(/^NOTICE/);
  });

  test('that malloc keeps for a while is well', () => {
    const levels = levelsOf(19, (index) => ({ restBytes: (40 + index) * 1e6 }));
    expect(told(nativeMemoryGrowth, { levels })).toBeNull();
  });

  test('of threads is told with the threads', () => {
    const levels = rest.map((level, index) => ({ ...level, workers: index }));
    const made = [aMade({ kind: 'WORKER', settled: 18, kept: 18, idle: 17, records: 18 })];
    expect(told(nativeMemoryGrowth, { levels, made })).toBeNull();
  });
});

describe('worker threads', () => {
  const growing = levelsOf(13, (index) => ({ workers: index }));

  test('that nobody ends are told with the line that makes them', () => {
    const made = [aMade({ kind: 'WORKER', settled: 12, kept: 12, idle: 11, records: 12 })];
    expect(told(threadGrowth, { levels: growing, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more worker threads: 9 more in 2 min; 12 workers made in keep (src/keep.ts:5) were never ended, and 11 of them have nothing to do. → End each worker that this line makes when its work is done (\`terminate()\`), or give the work to a pool of fixed size."`,
    );
  });

  test.each([
    ['have all something to do', {}, { idle: 2 }],
    ['are no more than there are cores', { cores: 16 }, {}],
    ['are ended, and others made', {}, { settled: 60 }],
  ])('that %s are well', (_name, given, made) => {
    const maker = aMade({ kind: 'WORKER', settled: 12, kept: 12, idle: 11, ...made });
    expect(told(threadGrowth, { levels: growing, made: [maker], ...given })).toBeNull();
  });

  test('of a pool that was made at the start are well', () => {
    const levels = levelsOf(13, () => ({ workers: 12 }));
    const made = [aMade({ kind: 'WORKER', settled: 12, kept: 12, idle: 12 })];
    expect(told(threadGrowth, { levels, made })).toBeNull();
  });
});

describe('what each client that stays has of its own is well', () => {
  const clients = (index: number) => ({ TCPSocketWrap: 2 + 10 * index });

  test.each([
    ['heartbeats', handleGrowth, { kind: 'Timeout', isRepeating: true }],
    ['compressors', nativeMemoryGrowth, { kind: 'ZLIB' }],
    ['workers', threadGrowth, { kind: 'WORKER', idle: 60 }],
  ] as const)('(%s)', (_name, detector, given) => {
    const made = [aMade({ settled: 60, kept: 60, records: 60, ...given })];
    const levelWith = (handles: object) => (index: number) => ({
      nativeBytes: 1e6 + index * 5e6,
      workers: 10 * index,
      handles: { Timeout: 2 + 10 * index, ...handles },
    });
    const alone = levelsOf(13, levelWith({}));
    const withClients = levelsOf(13, (index) => levelWith(clients(index))(index));
    expect(told(detector as Detector, { levels: alone, made })).toMatch(/^WARNING/);
    expect(told(detector as Detector, { levels: withClients, made })).toBeNull();
    // They are no clients: the program has opened them.
    const opened = aMade({ kind: 'TCPWRAP', kept: 60, settled: 60, idle: 0 });
    const found = told(detector as Detector, { levels: withClients, made: [...made, opened] });
    expect(found).toMatch(/^WARNING/);
  });
});

test('a finding began with the growth', () => {
  const made = [aMade({ kind: 'WORKER', settled: 12, kept: 12, idle: 11 })];
  const levels = levelsOf(13, (index) => ({ workers: index }));
  const found = threadGrowth.check(evidenceOf({ outside: outsideOf({ levels, made }) }));
  expect(found).toMatchObject({ sinceMs: NOW_MS - 120_000 });
});
