/** How long each query makes the observed event loop stand still, at many tasks and large heaps. */
import { setTimeout as delay } from 'node:timers/promises';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../client/index.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import type { Holdings } from './servers/loaded.ts';
import { formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

const LOADS: readonly Holdings[] = [
  { tasks: 1_000, megabytes: 50 },
  { tasks: 10_000, megabytes: 50 },
  { tasks: 100_000, megabytes: 50 },
  { tasks: 10_000, megabytes: 500 },
];

/** The first is the measure of the machine itself: what the loop shows when nobody asks. */
const QUERIES: Readonly<Record<string, (client: DiagnosticsClient) => Promise<unknown>>> = {
  nothing: () => delay(200),
  'pprof, figures': (client) => client.pprof({ allocations: false }),
  'pprof, allocations': (client) => client.pprof(),
  goroutines: (client) => client.goroutines(),
  'goroutines, raw': (client) => client.goroutines({ raw: true }),
};

export async function measureQueryBlocking(isQuick: boolean): Promise<Table> {
  const rounds = isQuick ? 3 : 9;
  const rows: string[][] = [];
  for (const load of LOADS) {
    const server = await startServer('loaded.ts', { isObserved: false });
    const client = createDiagnosticsClient({ url: await server.call<string>('diagnosticsUrl') });
    await server.call('hold', load);
    await delay(1_000);
    const gapsMs = await measureRounds(server, client, rounds);
    const cells = Object.values(gapsMs).map((gaps) => formatSpread(gaps));
    rows.push([load.tasks.toLocaleString('en'), `${load.megabytes} MB`, ...cells]);
    client.dispose();
    await server.stop();
  }
  return {
    title: `Longest stretch that a query blocks the observed loop, ms (${rounds} rounds)`,
    columns: ['live tasks', 'live heap', ...Object.keys(QUERIES)],
    rows,
  };
}

/** The longest gap of each round by query. */
async function measureRounds(
  server: ServerProcess,
  client: DiagnosticsClient,
  rounds: number,
): Promise<Record<string, number[]>> {
  const gapsMs: Record<string, number[]> = Object.fromEntries(
    Object.keys(QUERIES).map((name) => [name, []]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [name, ask] of Object.entries(QUERIES)) {
      await server.call('startWatching');
      await ask(client);
      const gapMs = await server.call<number>('stopWatching');
      gapsMs[name]!.push(gapMs);
    }
  }
  return gapsMs;
}
