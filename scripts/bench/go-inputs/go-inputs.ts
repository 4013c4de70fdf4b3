/**
 * `node scripts/bench/go-inputs/go-inputs.ts [--quick]`: how long analyzing Go's goroutine dumps and heap
 * profiles takes, beside a Go program that does the same job with Go's standard library. The two
 * take turns on every input, each in a process of its own.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NS_PER_MS } from '../../../api/base/numbers/units.ts';
import { dumpsOf, largeCorpus, OWN_CORPUS, profilesOf } from '../../testing/corpus.ts';
import { formatSpread, median } from '../statistics.ts';
import { formatTable, type Table } from '../table.ts';
import { type Analyzer, startAnalyzer } from './analyzer-process.ts';
import { buildGoAnalyzer } from './go-build.ts';

const ROUNDS = 15;
const QUICK_ROUNDS = 5;
/** Rounds that are not counted: a target is polled again and again, by code that is compiled. */
const WARM_UP_ROUNDS = 5;
const BYTES_PER_MEGABYTE = 1e6;

interface BenchInput {
  kind: 'dump' | 'heap';
  name: string;
  bytes: Buffer;
}

interface Timings {
  ours: number[];
  /** Empty where Go cannot do it here. */
  go: number[];
}

/** Ratios above 1 mean that Go took longer. Without Go installed there are only our own times. */
export async function benchGoInputs(isQuick = false): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-bench-'));
  const ours = startAnalyzer(process.execPath, [
    fileURLToPath(new URL('go-analysis.ts', import.meta.url)),
  ]);
  const built = buildGoAnalyzer(folder);
  const go = built === null ? null : startAnalyzer(built.program, []);
  try {
    const rows: string[][] = [];
    for (const input of inputs()) {
      const file = join(folder, `input-${rows.length}`);
      writeFileSync(file, input.bytes);
      const canGo = go !== null && (input.kind === 'dump' || built!.hasHeap);
      const request = `${input.kind} ${file}`;
      const timings = await measure(
        ours,
        canGo ? go : null,
        request,
        isQuick ? QUICK_ROUNDS : ROUNDS,
      );
      rows.push(rowOf(input, timings));
    }
    return {
      title: 'Go inputs: whole analysis, ms (times faster than Go above 1)',
      columns: ['input', 'MB', 'pprofql', built?.version ?? 'Go (not installed)', 'times faster'],
      rows,
    };
  } finally {
    ours.stop();
    go?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  ours: Analyzer,
  go: Analyzer | null,
  request: string,
  rounds: number,
): Promise<Timings> {
  const timings: Timings = { ours: [], go: [] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const own = (await ours.ask(request)).durationNs;
    const other = go === null ? null : (await go.ask(request)).durationNs;
    if (round < 0) continue;
    timings.ours.push(own / NS_PER_MS);
    if (other !== null) timings.go.push(other / NS_PER_MS);
  }
  return timings;
}

function rowOf(input: BenchInput, { ours, go }: Timings): string[] {
  const ratios = go.map((duration, round) => duration / ours[round]!);
  return [
    `${input.kind} ${input.name}`,
    (input.bytes.length / BYTES_PER_MEGABYTE).toFixed(1),
    formatSpread(ours),
    go.length === 0 ? '-' : formatSpread(go),
    ratios.length === 0 ? '-' : `${median(ratios).toFixed(1)} (${formatSpread(ratios)})`,
  ];
}

/** Large inputs of the large corpus where there is one, and what the project's own gives, repeated. */
function inputs(): BenchInput[] {
  const dump = (name: string, bytes: Buffer): BenchInput => ({ kind: 'dump', name, bytes });
  const uniform = find(dumpsOf(OWN_CORPUS), 'leak-1000-uniform');
  const small: BenchInput[] = [
    dump('1,000 goroutines, few stacks', uniform),
    dump('10,000 goroutines, few stacks', repeated(uniform, 10)),
    { kind: 'heap', name: 'heapgen-w300', bytes: find(profilesOf(OWN_CORPUS), 'heapgen-w300-t3') },
  ];
  const corpus = largeCorpus();
  if (corpus === null) return small;
  const varied = find(dumpsOf(corpus), 'leak-10000-varied');
  const heap = (name: string): BenchInput => ({
    kind: 'heap',
    name,
    bytes: find(profilesOf(corpus), name),
  });
  return [
    ...small,
    dump('1,000 goroutines, varied', find(dumpsOf(corpus), '1.26/leak-1000-varied')),
    dump('10,000 goroutines, varied', varied),
    dump('30,000 goroutines, varied', repeated(varied, 3)),
    dump('50,000 goroutines, all different', find(dumpsOf(corpus), '50k-tiny')),
    heap('1.26/heapgen-w5000.allocs'),
    heap('1.26/heapgen-w20000-deep.allocs'),
    heap('1.26/heapgen-w70000'),
  ];
}

function find(candidates: ReturnType<typeof dumpsOf>, name: string): Buffer {
  const found = candidates.find((candidate) => candidate.name.includes(name));
  if (found === undefined) throw new Error(`no ${name} in the corpus`);
  return found.read();
}

function repeated(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(new Array<Buffer>(times).fill(Buffer.concat([bytes, Buffer.from('\n')])));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(formatTable(await benchGoInputs(process.argv.includes('--quick'))));
}
