import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { launchObserved, Program } from './program.ts';

const evaluated = (source: string) => ['--eval', source];
const FOREVER = 'setInterval(() => {}, 1_000)';
const LISTENING = `require('node:net').createServer().listen(0, '127.0.0.1', function () {
  console.log('port', this.address().port);
})`;

/** A process may stay in the list of processes after its end; its port does not. */
async function untilNobodyListens([, port]: RegExpExecArray): Promise<void> {
  await vi.waitFor(async () => {
    const socket = connect(Number(port), '127.0.0.1');
    const refused = await once(socket, 'connect').catch(({ code }) => code);
    socket.destroy();
    expect(refused).toBe('ECONNREFUSED');
  });
}

describe.concurrent('a program that a test starts', () => {
  it('tells where pprofql answers in it, and asks it', async () => {
    await using program = launchObserved(evaluated(FOREVER));
    expect(await program.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const answer = await program.ask<{ process: { pid: number } }>('{ process { pid } }');
    expect(answer).toEqual({ process: { pid: program.pid } });
  });

  it('fails with all that it printed where it ends too early', async () => {
    await using program = new Program(
      evaluated("console.log('before'); console.error('the reason'); process.exitCode = 3"),
    );
    const waiting = [program.url(), program.printed(/after/), program.ask('{ process { pid } }')];
    for (const { reason } of (await Promise.allSettled(waiting)) as PromiseRejectedResult[]) {
      expect(reason.message).toMatch(/ended before .*; it ended with 3\.\nbefore\nthe reason\n/s);
    }
  });

  it('fails where there is nothing to start', async () => {
    await using program = new Program([], { command: '/nowhere/at-all' });
    await expect(program.url()).rejects.toThrow(/ENOENT/);
  });

  it('gives line by line what it prints', async () => {
    await using program = new Program(evaluated("console.log('one\\ntwo')"));
    expect([await program.nextLine(), await program.nextLine()]).toEqual(['one', 'two']);
    await expect(program.nextLine()).rejects.toThrow('ended before it printed another line');
  });

  it('ends with its standard input, and tells how', async () => {
    await using program = new Program(
      evaluated(
        "process.stdin.on('data', (text) => console.log(String(text))).on('end', () => process.exit(5))",
      ),
    );
    program.write('hello');
    await program.printed(/hello/);
    expect(await program.end()).toMatchObject({ code: 5, signal: null, stderr: '' });
  });

  it('ends with the test, although it is stopped, and with it what it has started', async () => {
    const program = new Program([
      ...evaluated(`
        const { spawn } = require('node:child_process');
        spawn(process.execPath, ['--eval', process.argv[1]], { stdio: 'inherit' });
      `),
      LISTENING,
    ]);
    const port = await program.printed(/port (\d+)/);
    program.signal('SIGSTOP');
    await program.kill();
    await program.kill();
    expect(program.isRunning).toBe(false);
    await untilNobodyListens(port);
  });

  it('ends with the process that runs the tests, where the test forgot it', async () => {
    const helper = JSON.stringify(new URL('./program.ts', import.meta.url).href);
    await using forgetful = new Program([
      '--input-type=module',
      ...evaluated(`
        const { Program } = await import(${helper});
        const forgotten = new Program(['--eval', process.argv[1]]);
        console.log(String(await forgotten.printed(/port \\d+/)));
        process.exit();
      `),
      LISTENING,
    ]);
    const port = await forgetful.printed(/port (\d+)/);
    await forgetful.ended;
    await untilNobodyListens(port);
  });
});
