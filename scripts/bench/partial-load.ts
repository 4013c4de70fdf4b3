/**
 * CPU per request at a rate that leaves the server idle for most of the time, as most are: all variants
 * run and are sent the same at the same time, so that what slows the machine slows them alike.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sendAtRate } from './http-load.ts';
import { startServer } from './server-process.ts';
import type { CpuReading } from './servers/control.ts';
import { formatExcess, formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

/** Requests a second: some 5 to 20 % of a core each. */
const RATES = {
  'plain.ts': [500, 2_500],
  'promise-heavy.ts': [250, 1_000],
  'as-people-run.ts': [250, 1_000],
} as const;
const VARIANTS = ['without pprofql', 'control', 'with pprofql'] as const;
/** The start of a program is recorded whole. */
const WARM_UP_MS = 20_000;
const MEASURED_MS = 20_000;

export async function measurePartialLoad(isQuick: boolean): Promise<Table> {
  const launches = isQuick ? 2 : 6;
  const rows: string[][] = [];
  for (const [script, rates] of Object.entries(RATES)) {
    for (const rate of rates) {
      const costsUs: number[][] = [];
      // Two processes of one program differ by some percent for as long as they live.
      for (let launch = 0; launch < launches; launch++) costsUs.push(await measure(script, rate));
      rows.push(...VARIANTS.map((name, variant) => row(script, rate, name, variant, costsUs)));
    }
  }
  return {
    title: `CPU per request at a fixed rate (${launches} launches, ${MEASURED_MS / 1_000} s each)`,
    columns: ['server', 'requests a second', 'pprofql', 'main thread, µs', 'excess'],
    rows,
  };
}

/** Microseconds of the main thread for each request, of each variant. */
async function measure(script: string, rate: number): Promise<number[]> {
  const servers = await Promise.all(
    VARIANTS.map((name) => startServer(script, { isObserved: name === 'with pprofql' })),
  );
  const urls = await Promise.all(servers.map((server) => server.call<string>('url')));
  const load = sendAtRate(urls, rate);
  const read = async () => {
    const usages = await Promise.all(servers.map((server) => server.call<CpuReading>('readCpu')));
    return { usages, answered: load.answered() };
  };
  await pause(WARM_UP_MS);
  const before = await read();
  await pause(MEASURED_MS);
  const after = await read();
  load.stop();
  for (const server of servers) await server.stop();
  return servers.map((_, index) => {
    const requests = after.answered[index]! - before.answered[index]!;
    return (after.usages[index]!.threadUs - before.usages[index]!.threadUs) / requests;
  });
}

/** The excess is over the mean of the two without pprofql; that of the control shows by how much these differ. */
function row(
  script: string,
  rate: number,
  name: string,
  variant: number,
  costsUs: readonly number[][],
): string[] {
  const excess = costsUs.map((costs) => costs[variant]! / ((costs[0]! + costs[1]!) / 2));
  return [
    script.replace('.ts', ''),
    String(rate),
    name,
    formatSpread(costsUs.map((costs) => costs[variant]!)),
    formatExcess(excess),
  ];
}
