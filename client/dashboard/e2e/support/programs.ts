/** Small programs for one purpose each, as source text. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns the path of a new module file with this source */
export async function writeProgram(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pprofql-e2e-'));
  const file = join(folder, 'program.mjs');
  await writeFile(file, source);
  return file;
}

/** Blocks its thread when it is told to, until it is released, and works on. */
export function blockable(): string {
  return `
    import { existsSync } from 'node:fs';
    const RELEASED = import.meta.filename + '.released';
    process.stdin.on('data', () => {
      while (!existsSync(RELEASED)) {
        const endMs = Date.now() + 50;
        while (Date.now() < endMs);
      }
    });
    setInterval(() => {}, 1_000);
  `;
}

/** Lets a blocked program work on. */
export async function release(file: string): Promise<void> {
  await writeFile(`${file}.released`, '');
}

const PPROFQL = new URL('../../../../api/index.ts', import.meta.url).href;

/** A server of its own that serves diagnostics below a path, and announces them as `register` does. */
export function mountedBelow(path: string): string {
  return `
    import { createServer } from 'node:http';
    import { createDiagnosticsHandler } from '${PPROFQL}';
    const diagnostics = createDiagnosticsHandler({ basePath: '${path}' });
    const server = createServer((request, response) => {
      if (request.url.startsWith('${path}')) diagnostics(request, response);
      else response.end('the shop');
    });
    server.on('upgrade', diagnostics.handleUpgrade);
    server.listen(0, '127.0.0.1', () => {
      console.error('pprofql: http://127.0.0.1:' + server.address().port + '${path}/');
    });
  `;
}

/** Waits in this many functions, so that each makes a group; slowly, so that none is sampled out. */
export function manyGroups(count: number): string {
  const functions = Array.from(
    { length: count },
    (_, index) =>
      `async function wait${index}() { await new Promise((resolve) => kept.push(resolve)); }`,
  );
  const names = Array.from({ length: count }, (_, index) => `wait${index}`);
  return `
    const kept = []; // What nobody holds is collected, also a promise that somebody awaits.
    ${functions.join('\n')}
    const waiting = [${names.join(', ')}];
    const timer = setInterval(() => {
      for (const wait of waiting.splice(0, 20)) wait();
    }, 20);
  `;
}

/** A server that asks itself: for what takes a while, again and again, and for what hangs. */
export function slowServer(): string {
  return `
    import { createServer, get } from 'node:http';
    import { setTimeout as sleep } from 'node:timers/promises';
    const waiting = []; // What nobody holds is collected, also a promise that somebody awaits.
    async function waitForEver() {
      await new Promise((resolve) => waiting.push(resolve));
    }
    async function readSlowly() {
      await sleep(300);
    }
    const server = createServer(async (request, response) => {
      await (request.url.startsWith('/hang') ? waitForEver() : readSlowly());
      response.end('done');
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      const ask = (path, next) =>
        get({ port, host: '127.0.0.1', path }, (response) => response.resume().on('end', next));
      for (let id = 0; id < 30; id++) ask('/hang/' + id);
      const again = () => ask('/slow/1', again);
      again();
    });
  `;
}

/** Longer than a phone is wide, with nowhere to break a line. */
export const LONG_ROUTE =
  'POST /api/v2/organizations/:organizationId/warehouses/:warehouseId/reservations/:reservationId/confirm';

/** A server with a name and a route as long as that: requests hang, and it is `blockable`. */
export function longNames(): string {
  const path = LONG_ROUTE.slice('POST '.length);
  return `
    import express from '${import.meta.resolve('express')}';
    import { request } from 'node:http';
    import { existsSync } from 'node:fs';
    const RELEASED = import.meta.filename + '.released';
    const waiting = []; // What nobody holds is collected, also a promise that somebody awaits.
    async function reserveTheStockOfTheWarehouseUntilTheCustomerHasConfirmedTheOrder() {
      await new Promise((resolve) => waiting.push(resolve));
    }
    function calculateTheReportOfAllOrdersThatCustomersHavePlacedSinceTheBeginning() {
      while (!existsSync(RELEASED)) {
        const endMs = Date.now() + 50;
        while (Date.now() < endMs);
      }
    }
    process.stdin.on('data', calculateTheReportOfAllOrdersThatCustomersHavePlacedSinceTheBeginning);
    const app = express();
    app.post('${path}', () => reserveTheStockOfTheWarehouseUntilTheCustomerHasConfirmedTheOrder());
    const server = app.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      const asked = { port, host: '127.0.0.1', path: '${path}'.replaceAll(':', ''), method: 'POST' };
      for (let index = 0; index < 3; index++) request(asked).end();
    });
  `;
}
