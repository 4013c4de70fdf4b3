import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchObserved, Program } from '../../../scripts/testing/program.ts';
import { upgrade } from '../../server/testing/raw-http.ts';
import { ALL_TRANSPORTS, ask, httpPost } from '../../server/testing/transports.ts';

const INDEX = new URL('../../index.ts', import.meta.url).href;
const MOUNTED = fileURLToPath(
  new URL('../../../scripts/fixtures/mounted/program.js', import.meta.url),
);
const INTROSPECTION = getIntrospectionQuery();
const PID = '{ process { pid } }';

const SOCKETS = 20;
const OPERATIONS = 100;

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
  it('leave the sidecar its memory, and others their answers', async () => {
    await using program = launchObserved(['--eval', 'setInterval(() => {}, 1_000)']);
    const url = await program.url();
    await attack(`${url}graphql`);
    for (let round = 0; round < 3; round++) {
      for (const transport of ALL_TRANSPORTS) {
        const answer = await ask(transport, `${url}graphql`, PID);
        expect(answer).toEqual({ data: { process: { pid: program.pid } } });
      }
    }
    expect(program.stderr).not.toContain('ended');
  });

  it('leave a program its time that pprofql is mounted in', async () => {
    await using program = new Program([MOUNTED], { env: { PPROFQL_INDEX: INDEX } });
    const origin = `http://127.0.0.1:${await program.nextLine()}`;
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
    expect(await ask(httpPost, url, PID)).toHaveProperty('data.process.pid', program.pid);
  });
});
