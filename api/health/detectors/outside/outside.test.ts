import { describe, expect, test } from 'vitest';
import type { OutsideEvidence } from '../../evidence/outside.ts';
import { type Detector, TOO_EARLY } from '../../finding.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, evidenceOf, growingTasks, NOW_MS } from '../../testing/evidence.ts';
import { aMade, levelsOf, outsideOf } from '../../testing/outside.ts';
import { externalMemoryGrowth } from './external-memory-growth.ts';
import { handleGrowth } from './handle-growth.ts';
import { nativeMemoryGrowth } from './native-memory-growth.ts';
import { openFileGrowth } from './open-file-growth.ts';
import { threadGrowth } from './thread-growth.ts';

const UNDICI = aFrame('Client.connect', 'node:internal/deps/undici/undici', 9);
const PACKAGE = aFrame('connect', '/app/node_modules/pg/client.js', 5);
const PROBE = aFrame('probe', '/app/src/probe.ts', 7);

/** `SEVERITY: sentence → next step`, `TOO_EARLY`, or nothing. */
function told(detector: Detector, given: Partial<OutsideEvidence>): string | null {
  const found = detector.check(evidenceOf({ outside: outsideOf(given) }));
  if (found === null || found === TOO_EARLY) return found;
  return `${found.severity}: ${detector.sentence(found)} → ${detector.nextStep(found)}`;
}

const socketsAt = (count: (index: number) => number) =>
  levelsOf(13, (index) => ({ handles: { TCPSocketWrap: count(index) } }));
const growingSockets = socketsAt((index) => 4 + 10 * index);

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

describe('handles', () => {
  test('that nobody closes are told with the line that opens them', () => {
    const made = [aMade({ kind: 'TCPWRAP', idle: 55, settled: 60, kept: 60, records: 60 })];
    expect(told(handleGrowth, { levels: growingSockets, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more open sockets: 90 more in 2 min, opened in keep (src/keep.ts:5) and neither used again nor closed; all 60 made there while watched are still there. → Close each socket that this line opens (\`end()\`, \`destroy()\`), or share one client, agent or pool for all of them."`,
    );
  });

  test('are told once, where requests have left them behind', () => {
    const made = [aMade({ kind: 'TCPWRAP', idle: 55, settled: 60, kept: 60, records: 60 })];
    const outside = outsideOf({ levels: growingSockets, made });
    const kindsWith = (frame: ReturnType<typeof aFrame>) => {
      const left = growingTasks({ frames: [frame], count: 40, sampled: 40, outlivedRequest: 40 });
      const evidence = evidenceOf({ outside, growingTasks: [{ ...left, grownBy: 30 }] });
      return assessHealth(evidence, { target: 'self' }).findings.map(({ kind }) => kind);
    };
    expect(kindsWith(aFrame('keep', '/app/src/keep.ts', 6))).toEqual(['HANDLE_GROWTH']);
    expect(kindsWith(PROBE)).toEqual(['HANDLE_GROWTH', 'LEFT_BEHIND']);
  });

  test('are told where the other end of each is in the program as well', () => {
    const levels = socketsAt((index) => 4 + 20 * index);
    const made = [
      aMade({ kind: 'TCPWRAP', idle: 58, settled: 58, kept: 58, records: 58, toItself: 58 }),
    ];
    expect(told(handleGrowth, { levels, made })).toMatch(/all 58 made there .* still there/);
  });

  test('that keep nothing alive, as idle ones of an agent for each call, are counted by descriptors', () => {
    const levels = levelsOf(13, (index) => ({ descriptors: 30 + 10 * index, handles: {} }));
    const made = [aMade({ kind: 'TCPWRAP', idle: 58, settled: 58, kept: 58, records: 58 })];
    expect(told(handleGrowth, { levels, made })).toMatch(
      /^WARNING: Ever more open sockets: 90 more/,
    );
  });

  test('that keep nothing alive are well where as many more clients are connected', () => {
    const levels = levelsOf(13, (index) => ({
      descriptors: 30 + 20 * index,
      handles: { TCPSocketWrap: 10 * index },
    }));
    const ofClients = aMade({ kind: 'TCPWRAP', idle: 80, settled: 80, kept: 80, frames: [] });
    const toService = aMade({ kind: 'TCPWRAP', idle: 80, settled: 80, kept: 80, records: 80 });
    expect(told(handleGrowth, { levels, made: [ofClients, toService] })).toBeNull();
  });

  test('to a service behind, one for each client that is connected, are well', () => {
    const levels = socketsAt((index) => 4 + 20 * index);
    const ofClients = aMade({ kind: 'TCPWRAP', idle: 80, settled: 80, kept: 80, frames: [] });
    const toService = aMade({ kind: 'TCPWRAP', idle: 80, settled: 80, kept: 80, records: 80 });
    expect(told(handleGrowth, { levels, made: [ofClients, toService] })).toBeNull();
  });

  test('of clients alone are nobody’s', () => {
    const made = [aMade({ kind: 'TCPWRAP', idle: 80, settled: 80, kept: 80, frames: [] })];
    expect(told(handleGrowth, { levels: growingSockets, made })).toBeNull();
  });

  test('of answers whose body nobody reads are told as such', () => {
    const made = [
      aMade({
        kind: 'TCPWRAP',
        idle: 60,
        settled: 70,
        kept: 60,
        records: 35,
        frames: [UNDICI, PROBE],
      }),
    ];
    expect(told(handleGrowth, { levels: growingSockets, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more open sockets: 90 more in 2 min, opened in probe (src/probe.ts:7) and neither used again nor closed; ≈60 of ≈70 made there while watched are still there. → Read the body of every answer to this request, or cancel it (\`await answer.body?.cancel()\`): an unread one keeps its socket and what was read of it."`,
    );
  });

  test('that repeat for ever are told with the line that starts them', () => {
    const levels = levelsOf(13, (index) => ({ handles: { Timeout: 3 + 10 * index } }));
    const made = [
      aMade({ kind: 'Timeout', isRepeating: true, settled: 60, kept: 60, records: 60 }),
    ];
    expect(told(handleGrowth, { levels, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more intervals: 90 more in 2 min, started in keep (src/keep.ts:5) and never cleared; all 60 made there while watched are still there. → Call \`clearInterval\` for what this line starts when that which it serves has ended, such as on \`close\` of its response."`,
    );
  });

  test('that are files are known by the descriptors of the process', () => {
    const levels = levelsOf(13, (index) => ({ descriptors: 30 + 5 * index }));
    const made = [aMade({ kind: 'FILEHANDLE', settled: 30, kept: 30, records: 30 })];
    expect(told(handleGrowth, { levels, made })).toMatch(/^WARNING: Ever more open files: 45 more/);
  });

  test('that are descriptors are told with the line that opens them, and once', () => {
    const levels = levelsOf(13, (index) => ({
      descriptors: 30 + 5 * index,
      restBytes: 40e6 + index * 10e6,
    }));
    const made = [aMade({ kind: 'DESCRIPTOR', settled: 30, kept: 30, records: 30 })];
    expect(told(handleGrowth, { levels, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more open file descriptors: 45 more in 2 min, opened in keep (src/keep.ts:5) and never closed; all 30 made there while watched are still there. → Call \`closeSync\` or \`close\` with each descriptor that this line opens, also where something throws or returns early: \`finally\`."`,
    );
    expect(told(nativeMemoryGrowth, { levels, made })).toBeNull();
  });

  test('are told as well where most of them are closed, as by all paths but one', () => {
    const levels = levelsOf(13, (index) => ({ descriptors: 30 + 5 * index }));
    const made = [aMade({ kind: 'DESCRIPTOR', settled: 100, kept: 30, records: 100 })];
    expect(told(handleGrowth, { levels, made })).toMatch(/; 30 of 100 made there while watched/);
  });

  test('that are child processes are told as such, and not by their pipes', () => {
    const levels = levelsOf(13, (index) => ({
      handles: { ProcessWrap: 5 * index, PipeWrap: 15 * index },
    }));
    const children = aMade({ kind: 'PROCESSWRAP', settled: 30, kept: 30, records: 30 });
    const pipes = aMade({ kind: 'PIPEWRAP', settled: 90, kept: 90, idle: 90, records: 90 });
    expect(told(handleGrowth, { levels, made: [pipes, children] })).toMatch(
      /^WARNING: Ever more child processes: 45 more/,
    );
    const others = { ...pipes, frames: [PROBE] };
    expect(told(handleGrowth, { levels, made: [others, children] })).toMatch(
      /^WARNING: Ever more open pipes: 135 more/,
    );
  });

  describe('that are files which nobody saw being opened', () => {
    const levels = levelsOf(13, (index) => ({ descriptors: 30 + 5 * index }));
    const parts = { path: '/data/parts', isFolder: true, count: 50 };
    const rates = { path: '/etc/rates.csv', isFolder: false, count: 4 };

    test('are told by where they are', () => {
      expect(told(openFileGrowth, { levels, openFiles: [parts, rates] })).toBe(
        'NOTICE: Ever more open files: 45 more descriptors in 2 min; 50 of 54 open files are in /data/parts. → Search the program for `fs.openSync` and `fs.open` of files in this folder, and close each descriptor on every path, also where something throws or returns early: `finally`.',
      );
      expect(told(openFileGrowth, { levels, openFiles: [{ ...rates, count: 50 }] })).toMatch(
        'all 50 open files are /etc/rates.csv. → Search the program for `fs.openSync` and `fs.open` of this file',
      );
    });

    test('are not told where what grew is something else, or grows no more', () => {
      expect(told(openFileGrowth, { levels, openFiles: [rates] })).toBeNull();
      const full = levelsOf(13, (index) => ({ descriptors: 30 + 15 * Math.min(index, 4) }));
      expect(told(openFileGrowth, { levels: full, openFiles: [parts] })).toBeNull();
    });
  });

  test('of which no line of the program is known are a notice', () => {
    const made = [
      aMade({ kind: 'TCPWRAP', idle: 60, settled: 60, kept: 60, records: 60, frames: [PACKAGE] }),
    ];
    expect(told(handleGrowth, { levels: growingSockets, made })).toMatch(
      /^NOTICE: .* in connect \(node_modules\/pg\/client\.js:5\)/,
    );
  });

  test.each([
    ['are in use', { idle: 10 }],
    ['are mostly closed again', { settled: 600 }],
    ['are of clients, which no line has opened', { kind: 'TCPSERVERWRAP' }],
    ['explain little of what grew', { kept: 12, settled: 12, idle: 12 }],
  ])('that %s are well', (_name, given) => {
    const made = [aMade({ kind: 'TCPWRAP', idle: 60, settled: 60, kept: 60, ...given })];
    expect(told(handleGrowth, { levels: growingSockets, made })).toBeNull();
  });

  test('of a pool that has grown to its size are well', () => {
    const levels = socketsAt((index) => Math.min(50, 4 + 12 * index));
    const made = [aMade({ kind: 'TCPWRAP', idle: 46, settled: 46, kept: 46 })];
    expect(told(handleGrowth, { levels, made })).toBeNull();
  });

  test('that are timers which run off by themselves are well', () => {
    const levels = levelsOf(13, (index) => ({ handles: { Timeout: 3 + 10 * index } }));
    const made = [aMade({ kind: 'Timeout', settled: 60, kept: 60 })];
    expect(told(handleGrowth, { levels, made })).toBeNull();
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
