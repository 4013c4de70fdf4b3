import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { onProcessExit } from './exit.ts';

const modulePath = JSON.stringify(new URL('./exit.ts', import.meta.url).href);

async function outputOf(program: string): Promise<{ stdout: string; stderr: string }> {
  const flags = ['--input-type=module', '--eval'];
  const source = `import { onProcessExit } from ${modulePath}; ${program}`;
  return await promisify(execFile)(process.execPath, [...flags, source]);
}

it('takes one listener for any number, and leaves none behind', () => {
  const listeners = process.listenerCount('exit');
  const releases = Array.from({ length: 20 }, () => onProcessExit(() => {}));
  expect(process.listenerCount('exit')).toBe(listeners + 1);
  for (const release of [...releases, ...releases]) release();
  expect(process.listenerCount('exit')).toBe(listeners);
});

it('runs what is left at the end, though some of it throws, and warns of nothing', async () => {
  const { stdout, stderr } = await outputOf(`
    for (let index = 0; index < 12; index++) onProcessExit(() => console.log(index))
    onProcessExit(() => console.log('released'))();
    onProcessExit(() => { throw new Error('not the program’s'); });
    onProcessExit(() => console.log('last'));
  `);
  expect(stdout.trim().split('\n')).toEqual([
    ...Array.from({ length: 12 }, (_, index) => String(index)),
    'last',
  ]);
  expect(stderr).not.toMatch(/MaxListeners|not the program/);
});
