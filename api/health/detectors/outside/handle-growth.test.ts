import { describe, expect, test } from 'vitest';
import { assessHealth } from '../../health.ts';
import { aFrame, evidenceOf, growingTasks } from '../../testing/evidence.ts';
import { aMade, levelsOf, outsideOf, told } from '../../testing/outside.ts';
import { handleGrowth } from './handle-growth.ts';
import { nativeMemoryGrowth } from './native-memory-growth.ts';
import { openFileGrowth } from './open-file-growth.ts';

const UNDICI = aFrame('Client.connect', 'node:internal/deps/undici/undici', 9);
const PACKAGE = aFrame('connect', '/app/node_modules/pg/client.js', 5);
const PROBE = aFrame('probe', '/app/src/probe.ts', 7);

const socketsAt = (count: (index: number) => number) =>
  levelsOf(13, (index) => ({ handles: { TCPSocketWrap: count(index) } }));
const growingSockets = socketsAt((index) => 4 + 10 * index);

describe('handles', () => {
  test('that nobody closes are told with the line that opens them', () => {
    const made = [aMade({ kind: 'TCPWRAP', idle: 55, settled: 60, kept: 60, records: 60 })];
    expect(told(handleGrowth, { levels: growingSockets, made })).toMatchInlineSnapshot(
      `"WARNING: Ever more open sockets: 90 more in 2 min, opened in keep (src/keep.ts:5) and neither used again nor closed; all 60 made there while watched are still there. → Close each socket that this line opens (\`end()\`, \`destroy()\`), or share one client, agent or pool for all of them."`,
    );
  });

  test('of a client of a package lead to where that client is made', () => {
    const users = aFrame('Prisma.users', '/app/node_modules/prisma/index.js', 5);
    const made = (frames: ReturnType<typeof aFrame>[]) => [
      aMade({ kind: 'TCPWRAP', idle: 55, settled: 60, kept: 60, records: 60, frames }),
    ];
    const stepFor = (...frames: ReturnType<typeof aFrame>[]) =>
      told(handleGrowth, { levels: growingSockets, made: made(frames) })?.split(' → ')[1];
    expect(stepFor(PACKAGE, users, PROBE)).toMatch(/^Look where the Prisma is made .* one for all/);
    expect(stepFor(users, PACKAGE, PROBE)).toMatch(/^Close each socket that this line opens/);
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
