/** What pprofql adds to the start and to the memory of an empty program. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BYTES_PER_MIB } from '../../api/base/numbers/units.ts';
import { REGISTER } from './server-process.ts';
import { formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

const PROGRAM = fileURLToPath(new URL('./servers/empty.mjs', import.meta.url));

/** What `empty.mjs` prints. */
interface Start {
  wallMs: number;
  threadMs: number;
  rssBytes: number;
  heapUsedBytes: number;
}

export async function measureStartUp(isQuick: boolean): Promise<Table> {
  const rounds = isQuick ? 5 : 21;
  const bare: Start[] = [];
  const observed: Start[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await start([]));
    observed.push(await start(['--import', REGISTER]));
  }
  const row = (name: string, of: (start: Start) => number) => [
    name,
    formatSpread(bare.map(of)),
    formatSpread(observed.map(of)),
    formatSpread(observed.map((start, index) => of(start) - of(bare[index]!))),
  ];
  return {
    title: `Start-up of an empty program (${rounds} pairs)`,
    columns: ['', 'without pprofql', 'with', 'added'],
    rows: [
      row('main thread busy until the first line, ms', ({ threadMs }) => threadMs),
      row('time until the first line, ms', ({ wallMs }) => wallMs),
      row('resident memory a second later, MB', ({ rssBytes }) => rssBytes / BYTES_PER_MIB),
      row('heap used a second later, MB', ({ heapUsedBytes }) => heapUsedBytes / BYTES_PER_MIB),
    ],
  };
}

async function start(preload: string[]): Promise<Start> {
  const env = { ...process.env, PPROFQL_PORT: '0' };
  const { stdout } = await promisify(execFile)(process.execPath, [...preload, PROGRAM], { env });
  return JSON.parse(stdout);
}
