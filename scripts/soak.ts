/**
 * Looks for leaks of pprofql with pprofql: many subscribers come and go while one client asserts
 * that nothing of them stays behind. `node scripts/soak.ts` takes a few seconds,
 * `node scripts/soak.ts --minutes=30` goes on for that long.
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MS_PER_MINUTE } from '../api/base/numbers/units.ts';
import { createDiagnosticsClient, type NoLeaksReport } from '../client/index.ts';
import type { SoakAddresses } from './soak/program.ts';
import { visit } from './soak/visitors.ts';
import { Program } from './testing/program.ts';

const PROGRAM = fileURLToPath(new URL('soak/program.ts', import.meta.url));
const APP_REQUESTS = 50;
/**
 * What is kept within bounds fills up first: reads of the heap that are compared, for one. On a busy
 * machine the program grew for six runs, and no longer after eight.
 */
const RETRIES = 15;

export interface SoakOptions {
  /** Times that all visitors come and leave in one run. @default 5 */
  visits?: number;
  /** At once, on each of the two servers. @default 10 */
  visitors?: number;
  /** Of the app's requests; `remember` is one that leaks. @default '' */
  path?: string;
  /** As for `expectNoLeaks`. @default 15 */
  retries?: number;
}

export interface Soak {
  /** @throws LeakFoundError */
  check(options?: SoakOptions): Promise<NoLeaksReport>;
  stop(): Promise<void>;
}

/** Starts the program that is watched. */
export async function startSoak(): Promise<Soak> {
  const program = new Program([PROGRAM], { env: { NODE_OPTIONS: '', NODE_ENV: 'test' } });
  const { app, sidecar } = JSON.parse(await program.nextLine()) as SoakAddresses;
  const debug = `${app}debug`;
  const client = createDiagnosticsClient({ url: debug });
  // The first request loads GraphQL, for which a WebSocket may not wait long enough.
  for (const url of [debug, sidecar]) await visitOnce(url);
  return {
    check({ visits = 5, visitors = 10, path = '', retries = RETRIES } = {}) {
      const run = async () => {
        for (let count = 0; count < visits; count++) {
          await Promise.all([
            visit(debug, visitors),
            visit(sidecar, visitors),
            sendRequests(app + path),
          ]);
        }
      };
      return client.expectNoLeaks(run, { includeOwn: true, warmup: 2, retries });
    },
    async stop() {
      client.dispose();
      await program.kill();
    },
  };
}

async function visitOnce(url: string): Promise<void> {
  using client = createDiagnosticsClient({ url, transport: 'sse' });
  await client.process();
}

async function sendRequests(url: string): Promise<void> {
  for (let count = 0; count < APP_REQUESTS; count++) await (await fetch(url)).text();
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '0' } } });
  const endMs = Date.now() + Number(values.minutes) * MS_PER_MINUTE;
  const soak = await startSoak();
  try {
    let checks = 0;
    do {
      const report = await soak.check();
      checks += 1;
      console.log(`check ${checks}: nothing left behind`, report);
    } while (Date.now() < endMs);
  } finally {
    await soak.stop();
  }
}

if (import.meta.main) await main();
