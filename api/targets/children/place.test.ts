import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import {
  ancestorsOfSelf,
  findObserver,
  findSibling,
  isRunning,
  openFamily,
  ownerOf,
  placeNamed,
  removeFiles,
  removeStaleFiles,
  settleToServe,
  socketOf,
  undecidedSiblings,
} from './place.ts';

const RANDOM = '0123456789abcdef';

function folderWith(...files: string[]) {
  const folder = temporaryFolder();
  for (const file of files) writeFileSync(join(folder, file), '');
  return { folder, name: `1-1-${RANDOM}` };
}

it('finds who observes the nearest ancestor', () => {
  const place = folderWith(
    `30-7-${RANDOM}.open`,
    `20-6-${RANDOM}.open`,
    `40-5-${RANDOM}.sock`,
    'other',
  );
  const ancestors =
    (...pids: [number, string][]) =>
    () =>
      pids.map(([pid, started]) => ({ pid, started }));
  const found = (...pids: [number, string][]) => findObserver(place, ancestors(...pids))?.name;
  expect(found([50, '1'], [40, '5'], [30, '7'], [20, '6'])).toBe(`30-7-${RANDOM}`);
  expect(found([20, '6'])).toBe(`20-6-${RANDOM}`);
  // Another process has the id of one that was killed.
  expect(found([30, '8'], [20, '6'])).toBe(`20-6-${RANDOM}`);
  // The system does not tell when it started.
  expect(found([30, '0'])).toBe(`30-7-${RANDOM}`);
  expect(found([10, '1'])).toBeUndefined();
});

it('finds the one that pm2 has started and that serves, or else the eldest, and nobody where pm2 has not', () => {
  const { folder } = folderWith(
    `30-5-${RANDOM}.open`,
    `20-5-${RANDOM}.open`,
    `10-4-${RANDOM}.open`,
    `11-4-${RANDOM}.sock`,
  );
  const place = (name: string) => ({ folder, name: `${name}-${RANDOM}` });
  const siblingOf = (name: string) => findSibling(place(name), ({ pid }) => pid !== 10)?.name;
  expect(siblingOf('30-5')).toBeUndefined();
  vi.stubEnv('pm_id', '2');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(siblingOf('30-5')).toBe(`20-5-${RANDOM}`);
  expect(siblingOf('20-5')).toBeUndefined();
  settleToServe(place('30-5'));
  expect(siblingOf('20-5')).toBe(`30-5-${RANDOM}`);
  expect(siblingOf('40-6')).toBe(`30-5-${RANDOM}`);
  expect(siblingOf('30-5')).toBe(`20-5-${RANDOM}`);
});

it('knows who of those that pm2 has started has not said yet whether it serves', () => {
  const names = ['1', '2'].map((digit) => `${process.pid}-0-${digit.repeat(16)}`);
  const { folder } = folderWith(`30-5-${RANDOM}.open`, ...names.map((name) => `${name}.open`));
  const self = { folder, name: `30-5-${RANDOM}` };
  const undecided = () => undecidedSiblings(self, () => true).map(({ name }) => name);
  expect(undecided()).toEqual([]);
  vi.stubEnv('pm_id', '2');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(undecided().sort()).toEqual(names);
  settleToServe({ folder, name: names[0]! });
  expect(undecided()).toEqual([names[1]]);
});

it('knows the ancestors of this process, and that they run', () => {
  const [parent] = ancestorsOfSelf();
  expect(parent!.pid).toBe(process.ppid);
  expect(isRunning(parent!)).toBe(true);
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect(isRunning({ pid, started: '0' })).toBe(false);
});

it('removes what killed processes have left, and nothing else', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const stale = [`${pid}-0-${RANDOM}.open`, `${process.pid}-1-${RANDOM}.sock`];
  const kept = [`${process.pid}-0-${RANDOM}.open`, 'other'];
  const place = folderWith(...stale, ...kept);
  removeStaleFiles(place);
  // Where the system does not tell when a process started, its id counts alone.
  const isTold = ancestorsOfSelf()[0]!.started !== '0';
  expect(readdirSync(place.folder).sort()).toEqual(
    [...kept, ...(isTold ? [] : stale.slice(1))].sort(),
  );
});

it('has a place of its own in a folder of this user', () => {
  const { place } = openFamily()!;
  expect(ownerOf(place).pid).toBe(process.pid);
  expect(existsSync(place.folder)).toBe(true);
  removeFiles(place);
});

it.each(['', '../x', `1-1-${RANDOM}/..`, '1-1-x'])('takes %j for no name', (name) => {
  const place = folderWith();
  expect(placeNamed(place, name)).toBeNull();
  expect(socketOf(placeNamed(place, `1-1-${RANDOM}`)!)).toContain(`1-1-${RANDOM}`);
});
