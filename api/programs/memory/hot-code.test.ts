/**
 * What a program pays for a collection that pprofql makes, besides the pause. `PPROFQL_TEST_NODE` is the Node it
 * runs on. @default the one that runs the tests
 */
import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved } from '../../../scripts/testing/program.ts';

const SERVER = fileURLToPath(
  new URL('../../../scripts/fixtures/memory/answers.js', import.meta.url),
);
const CONNECTIONS = 4;
/** Between two requests on a connection, so that for most of the time none is under way. */
const REST_MS = 5;
/** V8 has compiled what they run through. */
const ENOUGH_REQUESTS = 3_000;
/** So that V8 has told what it does. */
const REQUESTS_AFTER = 100;
const THROWN_AWAY = 'embedded weak objects cleared';
/** Without requests that are held it was 28 to 57 on Node 24 and 26 (72 at a load of 16 on two cores), with them 12 (21 at 15). */
const FEW = 25;

it('leaves the optimized code of a server in place where it collects garbage', async () => {
  await using program = launchObserved([
    '--trace-deopt',
    '--disable-warning=ExperimentalWarning',
    SERVER,
  ]);
  using client = asDisposable(createDiagnosticsClient({ url: await program.url() }));
  const [, port] = await program.printed(/listening (\d+)/);
  await using load = startLoad(`http://127.0.0.1:${port}/`);
  for (const name of ['first', 'second', 'third']) {
    await load.answered(ENOUGH_REQUESTS);
    await client.capture(name);
  }
  await load.answered(REQUESTS_AFTER);
  expect(program.stdout.split(THROWN_AWAY).length - 1).toBeLessThan(FEW);
});

function asDisposable(client: DiagnosticsClient): DiagnosticsClient & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.dispose() });
}

interface Load extends AsyncDisposable {
  /** Resolves when so many more requests have been answered. */
  answered(count: number): Promise<void>;
}

/** On each connection one request after the other. */
function startLoad(url: string): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let isOver = false;
  let count = 0;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  const connections = Array.from({ length: CONNECTIONS }, async () => {
    while (!isOver) {
      await ask();
      count += 1;
      await pause(REST_MS);
    }
  });
  return {
    async answered(more) {
      const until = count + more;
      await expect.poll(() => count, { timeout: 120_000 }).toBeGreaterThanOrEqual(until);
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all(connections);
      agent.destroy();
    },
  };
}
