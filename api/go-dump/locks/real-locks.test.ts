/** Real programs that hang, built where Go is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goFactsOf } from '../facts.ts';
import { goDumpGroups } from '../groups/groups.ts';
import { parseGoDump } from '../parse.ts';

const SOURCE = fileURLToPath(new URL('../../../scripts/fixtures/go-locks', import.meta.url));
const hasGo = spawnSync('go', ['version']).status === 0;

describe.runIf(hasGo)('a Go program that hangs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-locks-'));
  const program = join(folder, 'locks');

  beforeAll(() => {
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' };
    execFileSync('go', ['build', '-o', program, '.'], { cwd: SOURCE, env });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function dump(name: string, end: 'die' | 'print') {
    const { stdout, stderr } = spawnSync(program, [name, end]);
    return parseGoDump(Buffer.concat([stderr, stdout]));
  }

  function factsOf(name: string) {
    const read = dump(name, 'print');
    return goFactsOf(read, goDumpGroups(read).groups);
  }

  it.each(['abba', 'globals', 'drain'])('in a circle of locks (%s) has that circle', (name) => {
    const { crash, locks } = dump(name, 'die');
    expect(crash).toMatchObject({ kind: 'ALL_ASLEEP' });
    expect(locks).toHaveLength(2);
    for (const { deadlock } of locks) expect(deadlock).toHaveLength(2);
  });

  it('at a lock that it holds itself is a circle of one', () => {
    const { locks } = dump('relock', 'die');
    expect(locks).toMatchObject([
      { kind: 'RW_MUTEX', waiters: 4, deadlock: [{ frame: { function: 'main.(*store).update' } }] },
    ]);
  });

  it.each(['die', 'print'] as const)('behind a reader that does not end names it (%s)', (end) => {
    expect(dump('pile-up', end).locks).toMatchObject([
      {
        waiters: 21,
        readers: 20,
        waitingWriter: { frame: { function: 'main.(*store).set' } },
        likelyHolder: { frame: { function: 'main.(*store).scan' } },
        deadlock: [],
      },
    ]);
  });

  it.each([
    ['leak', 'chan receive', 'main.receive', 3_000],
    ['senders', 'chan send', 'main.send', 7],
    ['group', 'chan send', 'main.send', 6],
  ])('has a crowd at the line that nobody serves (%s)', (name, state, line, count) => {
    const { crowds } = factsOf(name);
    expect(crowds[0]).toMatchObject({ state, count, culprit: { function: line } });
  });

  it('until a group of goroutines has ended, waits for that group', () => {
    expect(dump('group', 'print').locks).toMatchObject([
      { kind: 'WAIT_GROUP', waiters: 1, places: [{ frame: { function: 'main.(*group).wait' } }] },
    ]);
  });

  it('at a condition that nobody signals waits for that, and nobody holds it', () => {
    expect(dump('cond', 'print').locks).toMatchObject([
      {
        kind: 'COND',
        waiters: 5,
        places: [{ frame: { function: 'main.(*inbox).take' } }],
        likelyHolder: null,
        deadlock: [],
      },
    ]);
  });

  it('without a connection to its database waits for the pool', () => {
    expect(factsOf('pool').poolWaiters).toMatchObject({
      count: 9,
      culprit: { function: 'main.order' },
    });
  });

  it('at nothing but its locks is no circle while it is young', () => {
    for (const { deadlock } of dump('abba', 'print').locks) expect(deadlock).toEqual([]);
  });
});
