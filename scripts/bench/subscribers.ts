/** What the observed thread pays for 0, 1, 100 and 1,000 subscribers, at one point a second. */
import { setTimeout as delay } from 'node:timers/promises';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../client/index.ts';
import { startServer } from './server-process.ts';
import type { CpuReading } from './servers/control.ts';
import { formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

const COUNTS = [0, 1, 100, 1_000];
const INTERVAL_MS = 1_000;
const WINDOW_MS = 3_000;

export async function measureSubscribers(isQuick: boolean): Promise<Table> {
  const windows = isQuick ? 2 : 7;
  const rows: string[][] = [];
  for (const count of COUNTS) {
    const env = { PPROFQL_INTERVAL_MS: String(INTERVAL_MS) };
    const server = await startServer('plain.ts', { isObserved: true, env });
    const clients = Array.from({ length: count }, () =>
      createDiagnosticsClient({ url: server.diagnosticsUrl! }),
    );
    const received = await subscribeAll(clients);
    const threadMs: number[] = [];
    const processMs: number[] = [];
    for (let window = 0; window < windows; window++) {
      const before = await server.call<CpuReading>('readCpu');
      await delay(WINDOW_MS);
      const after = await server.call<CpuReading>('readCpu');
      const seconds = WINDOW_MS / 1_000;
      threadMs.push((after.threadUs - before.threadUs) / 1_000 / seconds);
      processMs.push((after.processUs - before.processUs) / 1_000 / seconds);
    }
    rows.push([
      count.toLocaleString('en'),
      formatSpread(threadMs, 2),
      formatSpread(processMs, 2),
      received.points.toLocaleString('en'),
    ]);
    for (const client of clients) client.dispose();
    await server.stop();
  }
  return {
    title: `Subscribers at one point a second (${windows} windows of ${WINDOW_MS / 1_000} s)`,
    columns: ['subscribers', 'main thread, ms/s', 'process, ms/s', 'points received'],
    rows,
  };
}

/** Settles when every client has its first point; counts on from there. */
async function subscribeAll(clients: DiagnosticsClient[]): Promise<{ points: number }> {
  const received = { points: 0 };
  await Promise.all(
    clients.map(async (client) => {
      const history = client.metricsHistory();
      await history.next();
      void countPoints(history, received);
    }),
  );
  return received;
}

async function countPoints(
  history: AsyncIterable<unknown>,
  received: { points: number },
): Promise<void> {
  for await (const _ of history) received.points++;
}
