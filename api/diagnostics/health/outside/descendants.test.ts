import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { createChildWatch } from './child-watch.ts';
import { processOf, readDescendants } from './descendants.ts';

it('reads the parent and the CPU time of a process, whatever its name', () => {
  const stat = '7 (my (app) S 9) S 3 7 7 0 -1 0 0 0 0 0 12 4 1 0 20 0 1 0 8';
  expect(processOf(7, stat)).toEqual({ pid: 7, parent: 3, ticks: 17 });
  expect(processOf(7, '7 (app) Z')).toBeNull();
  expect(processOf(7, null)).toBeNull();
});

it.runIf(process.platform === 'linux')('knows a child, its children, and who listens', async () => {
  const listening = "require('node:net').createServer().listen(0, () => console.log('up'))";
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listening)}], { stdio: 'inherit' })`;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  try {
    await once(child.stdout!, 'data');
    const found = readDescendants(process.pid);
    expect(found?.key.split(',')).toContain(String(child.pid));
    expect(readDescendants(child.pid!)?.key.split(',')).toHaveLength(1);
    expect(found?.listen()).toBe(true);
    expect(found?.ticks).toBeGreaterThan(0);
  } finally {
    process.kill(-child.pid!, 'SIGKILL');
  }
});

it('tells since when nobody of them has worked', () => {
  let now = { key: '7', ticks: 100, observed: 0, listen: () => false };
  const watch = createChildWatch(() => now);
  expect(watch.evidence()).toBeNull();
  watch.look(1_000);
  now = { ...now, ticks: 102 };
  watch.look(11_000);
  expect(watch.evidence()).toEqual({ idleSinceMs: 1_000, areListening: false });
  now = { ...now, ticks: 130 };
  watch.look(21_000);
  expect(watch.evidence()).toMatchObject({ idleSinceMs: 21_000 });
  now = { ...now, key: '7,8' };
  watch.look(31_000);
  expect(watch.evidence()).toMatchObject({ idleSinceMs: 31_000 });
  // Nobody has looked for long.
  watch.look(131_000);
  expect(watch.evidence()).toMatchObject({ idleSinceMs: 131_000 });
});

it('does not take for their work what pprofql in them uses', () => {
  let now = { key: '7', ticks: 100, observed: 1, listen: () => false };
  const watch = createChildWatch(() => now);
  watch.look(0);
  now = { ...now, ticks: 115 };
  watch.look(10_000);
  expect(watch.evidence()).toMatchObject({ idleSinceMs: 0 });
  now = { ...now, ticks: 160 };
  watch.look(20_000);
  expect(watch.evidence()).toMatchObject({ idleSinceMs: 20_000 });
});

it.runIf(process.platform === 'linux')(
  'knows that a child runs pprofql by what it was started with',
  async () => {
    const args = [
      '-e',
      "console.log('up'); setInterval(() => {}, 1_000)",
      '--',
      'pprofql/register',
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(child.stdout, 'data');
      expect(readDescendants(process.pid)?.observed).toBeGreaterThan(0);
    } finally {
      child.kill('SIGKILL');
    }
  },
);
