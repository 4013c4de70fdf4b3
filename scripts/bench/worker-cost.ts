/**
 * CPU of a program with worker threads that nobody looks at: without pprofql, once more as the control, and with it. All
 * run at the same time, so that what slows the machine slows them alike.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startServer } from './server-process.ts';
import type { CpuReading } from './servers/control.ts';
import { formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

const KINDS = ['none', 'idle', 'busy'] as const;
const VARIANTS = ['without pprofql', 'control', 'with pprofql'] as const;
/** The start of a program is recorded whole, and its workers are asked for their facts once. */
const WARM_UP_MS = 15_000;
const WINDOW_MS = 10_000;

/** Milliseconds a second. */
interface Window {
  workers: number;
  main: number;
  process: number;
}

export async function measureWorkerCost(isQuick: boolean): Promise<Table> {
  const windows = isQuick ? 3 : 9;
  const rows: string[][] = [];
  for (const kind of KINDS) {
    const told = await measure(kind, windows);
    rows.push(...VARIANTS.map((name, variant) => row(kind, name, told[variant]!)));
  }
  return {
    title: `CPU of a program with 8 workers that nobody looks at (${windows} windows of ${WINDOW_MS / 1_000} s)`,
    columns: ['workers', 'pprofql', 'the workers, ms/s', 'main thread, ms/s', 'process, ms/s'],
    rows,
  };
}

async function measure(kind: (typeof KINDS)[number], windows: number): Promise<Window[][]> {
  const servers = await Promise.all(
    VARIANTS.map((name) => startServer('workers.ts', { isObserved: name === 'with pprofql' })),
  );
  if (kind !== 'none') await Promise.all(servers.map((server) => server.call('make', kind)));
  const read = () =>
    Promise.all(
      servers.map(async (server) => ({
        atMs: performance.now(),
        workersUs: await server.call<number>('readWorkersUs'),
        ...(await server.call<CpuReading>('readCpu')),
      })),
    );
  await pause(WARM_UP_MS);
  const told: Window[][] = servers.map(() => []);
  let before = await read();
  for (let window = 0; window < windows; window += 1) {
    await pause(WINDOW_MS);
    const after = await read();
    for (const [at, now] of after.entries()) {
      const was = before[at]!;
      const perSecond = (us: number) => us / (now.atMs - was.atMs);
      told[at]!.push({
        workers: perSecond(now.workersUs - was.workersUs),
        main: perSecond(now.threadUs - was.threadUs),
        process: perSecond(now.processUs - was.processUs),
      });
    }
    before = after;
  }
  for (const server of servers) await server.stop();
  return told;
}

function row(kind: string, name: string, windows: readonly Window[]): string[] {
  const cell = (of: keyof Window) =>
    formatSpread(
      windows.map((window) => window[of]),
      2,
    );
  return [kind, name, cell('workers'), cell('main'), cell('process')];
}
