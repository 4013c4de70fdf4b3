import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { beforeOwnSignal } from './own-signal.ts';

const modulePath = JSON.stringify(new URL('./own-signal.ts', import.meta.url).href);

function run(program: string) {
  const source = `
    import { writeSync } from 'node:fs';
    import { beforeOwnSignal } from ${modulePath};
    const say = (text) => writeSync(1, text + '\\n');
    ${program}`;
  const args = ['--input-type=module', '--eval', source];
  const { signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { signal, lines: stdout.trim().split('\n') };
}

it('tells of a signal that ends the process, before it does, and whatever is thrown', () => {
  const ended = run(`
    beforeOwnSignal(() => { throw new Error('not the program’s'); });
    beforeOwnSignal(() => say('told'));
    process.kill(process.pid, 'SIGTERM');
    say('still there');`);
  expect(ended).toEqual({ signal: 'SIGTERM', lines: ['told'] });
});

it('tells of none that the program listens for or lives on with, nor of those for others', () => {
  const ended = run(`
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1_000)']);
    beforeOwnSignal(() => say('told'));
    process.on('SIGTERM', () => {});
    for (const signal of ['SIGTERM', 'SIGWINCH', 'SIGCONT', 0]) process.kill(process.pid, signal);
    process.kill(child.pid, 'SIGKILL');
    say('still there');
    process.kill(process.pid, 'SIGKILL');`);
  expect(ended).toEqual({ signal: 'SIGKILL', lines: ['still there', 'told'] });
});

it('leaves `process` as it was, and what others have put there', () => {
  const host = process as unknown as Record<string, unknown>;
  const before = host._kill;
  beforeOwnSignal(() => {})();
  expect(host._kill).toBe(before);
  const [first, second, third] = [1, 2, 3].map(() => beforeOwnSignal(() => {}));
  for (const release of [first, third, second]) release!();
  expect(host._kill).toBe(before);
  const release = beforeOwnSignal(() => {});
  const others = () => {};
  host._kill = others;
  release();
  expect(host._kill).toBe(others);
  host._kill = before;
});
