import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSnapshotReader } from '../graph/reader.ts';
import { findStuckTasks, type TaskProofs, type WaitingFunction } from './proofs.ts';

const PROGRAM = join(import.meta.dirname, '../../../scripts/fixtures/stuck-tasks/program.mjs');
/** Calls of each function. */
const COUNT = 6;

let folder: string;
let functions: string[];
let proofs: TaskProofs;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pprofql-test-'));
  const file = join(folder, 'waits.heapsnapshot');
  const printed = execFileSync(process.execPath, [PROGRAM, file], { timeout: 60_000 });
  functions = JSON.parse(printed.toString());
  const reader = createSnapshotReader({ memoryLimitBytes: 256 * 1024 ** 2 });
  reader.push(readFileSync(file));
  proofs = findStuckTasks(reader.finish());
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function groupsOf(name: string): WaitingFunction[] {
  return proofs.functions.filter((each) => each.function === name);
}

function callsOf(name: string, isStuck: boolean): number {
  return groupsOf(name)
    .filter((each) => each.isStuck === isStuck)
    .reduce((sum, { count }) => sum + count, 0);
}

it('proves of every function that can never go on that it cannot', () => {
  const stuck = functions.filter((name) => name.startsWith('stuck'));
  const missed = stuck.filter((name) => callsOf(name, true) < COUNT || callsOf(name, false) > 0);
  expect(stuck.length).toBeGreaterThan(8);
  expect(missed).toEqual([]);
});

it('accuses none that can still go on', () => {
  const live = functions.filter((name) => name.startsWith('live'));
  const missing = live.filter((name) => callsOf(name, false) < COUNT);
  const accused = proofs.functions.filter(
    ({ isStuck, function: name }) => isStuck && !name.startsWith('stuck'),
  );
  expect(live.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
  expect(accused).toEqual([]);
});

it('names the function with its file and line, what it awaits, and what can settle that', () => {
  const file = pathToFileURL(PROGRAM).href;
  const [chain] = groupsOf('stuckInChain');
  expect(chain).toMatchObject({
    isStuck: true,
    file,
    line: lineOf('async stuckInChain'),
    awaits: [{ function: 'stuckOnForgottenResolve', file }],
    settler: [],
  });
  const [pool] = groupsOf('livePool');
  expect(pool).toMatchObject({ awaits: [{ function: 'take' }] });
  expect(pool!.settler.map(({ name }) => name)).toContain('queue');
});

it('counts them all', () => {
  expect(proofs.tasks).toBe(proofs.functions.reduce((sum, { count }) => sum + count, 0));
  expect(proofs.stuck).toBeGreaterThanOrEqual(9 * COUNT);
});

function lineOf(text: string): number {
  const lines = readFileSync(PROGRAM, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}
