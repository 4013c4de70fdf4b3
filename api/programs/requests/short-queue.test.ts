/** Programs whose requests are served one or two at a time, each after a short wait for its turn. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const SERVER = `
import { createServer } from 'node:http';
import { thumbOf } from './thumbs.mjs';
const server = createServer(async (request, response) => response.end(await thumbOf(request.url)));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
const TURN_OF_SEMAPHORE = `
import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from './semaphore.mjs';
const places = new Semaphore();
export async function thumbOf(id) {
  await places.acquire();
  try {
    return await sleep(80, id);
  } finally {
    places.release();
  }
}
`;
const CHAIN_AS_LOCK = `
import { setTimeout as sleep } from 'node:timers/promises';
let tail = Promise.resolve();
async function alone(work) {
  const before = tail;
  let done;
  tail = new Promise((resolve) => { done = resolve; });
  await before;
  try { return await work(); } finally { done(); }
}
export async function thumbOf(id) {
  return alone(() => sleep(40, id));
}
`;
const QUEUE_OF_PACKAGE = `
import { Painter } from 'painter';
const painter = new Painter();
export async function thumbOf(id) {
  return painter.paint(id);
}
`;
const PACKAGE = `
const { setTimeout: sleep } = require('node:timers/promises');
exports.Painter = class Painter {
  #last = Promise.resolve();
  paint(id) {
    const painted = this.#last.then(() => sleep(40, id));
    this.#last = painted.catch(() => {});
    return painted;
  }
};
`;

const folders = mkdtempSync(path.join(tmpdir(), 'pprofql-short-queue-'));
afterAll(() => rmSync(folders, { recursive: true }));

const ONE_AFTER_THE_OTHER = /each request for what the one before it has begun/;

it.each([
  ['a semaphore', TURN_OF_SEMAPHORE, 'thumbOf', 6, /waiting for its turn at Semaphore\.acquire/],
  ['a lock that is a chain of promises', CHAIN_AS_LOCK, 'alone', 8, ONE_AFTER_THE_OTHER],
  ['a queue of a package', QUEUE_OF_PACKAGE, 'thumbOf', 5, ONE_AFTER_THE_OTHER],
])(
  'requests that wait most of their time for their turn at %s are told with the line, long before any of them hangs',
  async (name, thumbs, culprit, line, sentence) => {
    const folder = path.join(folders, name);
    mkdirSync(path.join(folder, 'node_modules', 'painter'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules', 'painter', 'index.js'), PACKAGE);
    writeFileSync(path.join(folder, 'semaphore.mjs'), SEMAPHORE);
    writeFileSync(path.join(folder, 'thumbs.mjs'), thumbs);
    const main = path.join(folder, 'main.mjs');
    writeFileSync(main, SERVER);
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
            culprit: expect.objectContaining({ function: culprit, line }),
            sentence: expect.stringMatching(sentence),
          }),
        );
      }, UNTIL_TOLD);
    } finally {
      over.abort();
      await Promise.all(clients);
      await client.dispose();
    }
  },
);
