/**
 * `node scripts/fleet.ts [--instances=300] [--groups=6]`: the page of a fleet of simulated instances, on a Redis of its own, and
 * how long it takes to ask them all.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adminOf, startRedis } from '../api/targets/fleet/testing/redis-server.ts';
import { answerForInstances, tellOfInstances } from '../api/targets/fleet/testing/simulated.ts';
import { createDiagnosticsClient } from '../client/index.ts';
import { NODE, Program } from './testing/program.ts';

/** A day of them, as an instance keeps it by default. */
const POINTS = 360;
const COARSE_POINTS = 288;
const RENEWED_MS = 300_000;
const ROUNDS = 15;
const CLI = fileURLToPath(new URL('../api/cli.ts', import.meta.url));

// At its exit what it has started is killed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit());

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '300' },
    groups: { type: 'string', default: '6' },
  },
});
const count = Number(values.instances);
const redis = await startRedis();
const [admin, listener] = await Promise.all([adminOf(redis), adminOf(redis)]);
await tellOfInstances(admin, { count, points: POINTS, coarsePoints: COARSE_POINTS });
const [, memory = '?'] = /used_memory_human:(\S+)/.exec(await admin.info('memory')) ?? [];
console.log(`${count} instances with a day of history take ${memory} of Redis`);
await answerForInstances(admin, listener, { count, groups: Number(values.groups) });
setInterval(() => void tellOfInstances(admin, { count, points: 0 }), RENEWED_MS);
const fleet = new Program([CLI, 'fleet', '--redis', redis.adminUrl], { command: NODE });
const url = await fleet.url();
console.log(`Look at ${url}`);
const client = createDiagnosticsClient({ url });
await client.services();
for (const { name, instances } of await client.services()) {
  await report(`all ${instances.length} of ${name}`, async () => {
    await client.serviceGoroutines(name, { limit: 20 });
  });
  // Another one each time: what it answered is remembered for a moment.
  const running = instances.slice(0, ROUNDS).map((instance) => client.target(instance.name));
  await report(`one of ${name}`, async () => {
    await running.shift()!.goroutines();
  });
}
client.dispose();

async function report(what: string, ask: () => Promise<void>): Promise<void> {
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAtMs = performance.now();
    await ask();
    tookMs.push(performance.now() - startedAtMs);
  }
  tookMs.sort((a, b) => a - b);
  const median = tookMs[ROUNDS >> 1]!.toFixed(0);
  console.log(`${what}: ${median} ms, ${tookMs[0]!.toFixed(0)} at best`);
}
