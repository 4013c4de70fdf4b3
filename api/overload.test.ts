import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { upgrade } from './server/testing/raw-http.ts';
import { ALL_TRANSPORTS, ask, httpPost } from './server/testing/transports.ts';

const REGISTER = new URL('./register.ts', import.meta.url).href;
const INDEX = new URL('./index.ts', import.meta.url).href;
const MOUNTED = fileURLToPath(new URL('../scripts/fixtures/mounted/program.js', import.meta.url));
const INTROSPECTION = getIntrospectionQuery();
const PID = '{ process { pid } }';

const SOCKETS = 20;
const OPERATIONS = 100;

function start(flags: string[]): { child: ChildProcess; stderr: () => string } {
  const child = spawn(process.execPath, flags, {
    env: { ...process.env, PPROFQL_PORT: '0', PPROFQL_INDEX: INDEX },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  return { child, stderr: () => stderr };
}

/** Clients that ask for as much as they are allowed to, and never read an answer. */
async function attack(url: string): Promise<void> {
  const payload = { query: INTROSPECTION };
  for (let at = 0; at < SOCKETS; at++) {
    const { socket } = await upgrade(url);
    onTestFinished(() => socket.terminate());
    socket.removeAllListeners('error').on('error', () => {});
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.pause();
    for (let id = 0; id < OPERATIONS; id++) {
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
    }
  }
}

describe('clients that ask for much and read nothing', () => {
  it('leave the sidecar its memory, and others their answers', { timeout: 120_000 }, async () => {
    const program = 'setInterval(() => {}, 1_000)';
    const { child, stderr } = start(['--import', REGISTER, '-e', program]);
    const url = await vi.waitFor(
      () => {
        expect(child.exitCode).toBeNull();
        const address = /pprofql: (http\S+)/.exec(stderr())?.[1];
        expect(address, stderr()).toBeDefined();
        return address!;
      },
      { timeout: 30_000 },
    );
    await attack(`${url}graphql`);
    for (let round = 0; round < 3; round++) {
      for (const transport of ALL_TRANSPORTS) {
        const answer = await ask(transport, `${url}graphql`, PID);
        expect(answer).toEqual({ data: { process: { pid: child.pid } } });
      }
    }
    expect(stderr()).not.toContain('ended');
  });

  it('leave a program its time that pprofql is mounted in', { timeout: 120_000 }, async () => {
    const { child, stderr } = start([MOUNTED]);
    const [port] = await Promise.race([
      once(child.stdout!, 'data'),
      once(child, 'exit').then(() => expect.fail(stderr())),
    ]);
    const origin = `http://127.0.0.1:${String(port).trim()}`;
    const url = `${origin}/debug/pprofql/graphql`;
    // GraphQL is loaded at the first request, which takes its time by itself.
    await ask(httpPost, url, INTROSPECTION);
    const waitsMs: number[] = [];
    let isOver = false;
    const attacking = attack(url).finally(() => (isOver = true));
    while (!isOver || waitsMs.length < 200) {
      const startedAt = performance.now();
      expect(await (await fetch(origin)).text()).toBe('the app');
      waitsMs.push(performance.now() - startedAt);
    }
    await attacking;
    // It was 20 s and more, and is a sixth of a second on a loaded machine.
    expect(Math.max(...waitsMs)).toBeLessThan(3_000);
    expect(await ask(httpPost, url, PID)).toHaveProperty('data.process.pid', child.pid);
  });
});
