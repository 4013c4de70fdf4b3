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
/** Where a collection throws away fewer functions, V8 has not compiled them yet, as on a crowded machine. */
const MANY = 8;
const ROUNDS = 5;
const THROWN_AWAY = 'embedded weak objects cleared';

it('leaves more of the optimized code of a server in place where it collects garbage than a collection of the program does', async () => {
  await using program = launchObserved([
    '--trace-deopt',
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    SERVER,
  ]);
  using client = asDisposable(createDiagnosticsClient({ url: await program.url() }));
  const [, port] = await program.printed(/listening (\d+)/);
  const url = `http://127.0.0.1:${port}/`;
  await using load = startLoad(url);
  const thrownAwayBy = async (collect: () => Promise<unknown>) => {
    await load.answered(ENOUGH_REQUESTS);
    const before = program.stdout.split(THROWN_AWAY).length;
    await collect();
    await load.answered(REQUESTS_AFTER);
    return program.stdout.split(THROWN_AWAY).length - before;
  };
  // The first one of all throws away what was made for the start.
  await thrownAwayBy(() => client.capture('first'));
  const thrownAwayByTheirs = async () => {
    let most = 0;
    for (let round = 0; round < ROUNDS && most < MANY; round++) {
      most = await thrownAwayBy(() => fetch(`${url}collect`));
    }
    return most;
  };
  let [ours, theirs] = [1, 0];
  // Where the machine gives the server no time, there may be no request to hold for one collection of ours.
  for (let round = 0; round < ROUNDS && ours > theirs / 2; round++) {
    theirs = await thrownAwayByTheirs();
    ours = await thrownAwayBy(() => client.capture('again'));
  }
  // 0 to 2 of 13 on Node 24 and 26, at a load of 14 on two cores; Node 22 throws none away.
  expect(ours).toBeLessThanOrEqual(theirs / 2);
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
