/**
 * `npm run bench [-- --quick] [section …]`: what pprofql costs, measured on the built package, in
 * processes of their own, interleaved. Medians with the middle half of the rounds in brackets.
 */
import { cpus, loadavg, release, type } from 'node:os';
import { benchGoInputs } from './go-inputs/go-inputs.ts';
import { measurePartialLoad } from './partial-load.ts';
import { measureQueryBlocking } from './query-blocking.ts';
import { measureRequestCost } from './request-cost.ts';
import { measureStartUp } from './start-up.ts';
import { measureSubscribers } from './subscribers.ts';
import { formatTable, type Table } from './table.ts';
import { measureWorkerCost } from './worker-cost.ts';

const SECTIONS: Readonly<Record<string, (isQuick: boolean) => Promise<Table>>> = {
  requests: measureRequestCost,
  'partial-load': measurePartialLoad,
  queries: measureQueryBlocking,
  'start-up': measureStartUp,
  subscribers: measureSubscribers,
  workers: measureWorkerCost,
  'go-inputs': benchGoInputs,
};

const flags = process.argv.slice(2);
const isQuick = flags.includes('--quick');
const named = flags.filter((flag) => !flag.startsWith('--'));
const unknown = flags.filter((flag) => flag !== '--quick' && !Object.hasOwn(SECTIONS, flag));
if (unknown.length > 0) {
  console.error(`No section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}.`);
  process.exit(2);
}

const [cpu] = cpus();
console.log(
  `Node ${process.version}, ${type()} ${release()}, ${cpus().length} × ${cpu?.model ?? 'CPU'}, ` +
    `load ${loadavg()[0]?.toFixed(1)} before the start${isQuick ? ', quick: rough figures' : ''}`,
);
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n${formatTable(await measure(isQuick))}`);
}
