/** A program whose requests are served two at a time, each after a short wait for its turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { launchObserved } from '../../../scripts/testing/program.ts';

const UNTIL_TOLD = { timeout: 60_000, interval: 500 };
const CLIENTS = 6;

const SEMAPHORE = `
export class Semaphore {
  #free = 2;
  #queue = [];
  acquire() {
    if (this.#free > 0) { this.#free -= 1; return Promise.resolve(); }
    return new Promise((done) => { this.#queue.push(done); });
  }
  release() {
    const next = this.#queue.shift();
    if (next) next(); else this.#free += 1;
  }
}
`;
const MAIN = `
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from './semaphore.mjs';
const places = new Semaphore();
async function thumbOf(id) {
  await places.acquire();
  try {
    return await sleep(80, id);
  } finally {
    places.release();
  }
}
const server = createServer(async (request, response) => response.end(await thumbOf(request.url)));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-short-queue-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('requests that wait most of their time for their turn are told with the line, long before any of them hangs', async () => {
  writeFileSync(path.join(folder, 'semaphore.mjs'), SEMAPHORE);
  const main = path.join(folder, 'main.mjs');
  writeFileSync(main, MAIN);
  await using running = launchObserved([main], { env: { PPROFQL_INTERVAL_MS: '1000' } });
  const url = `http://127.0.0.1:${await running.nextLine()}/thumb`;
  const client = createDiagnosticsClient({ url: await running.url() });
  const over = new AbortController();
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!over.signal.aborted) await (await fetch(url)).text();
  });
  try {
    await vi.waitFor(async () => {
      const { findings } = await client.health();
      expect(findings).toContainEqual(
        expect.objectContaining({
          kind: 'SLOW_ROUTE',
          severity: 'NOTICE',
          culprit: expect.objectContaining({ function: 'thumbOf', line: 7 }),
          sentence: expect.stringMatching(/waiting for its turn at Semaphore\.acquire/),
        }),
      );
    }, UNTIL_TOLD);
  } finally {
    over.abort();
    await Promise.all(clients);
    await client.dispose();
  }
});
