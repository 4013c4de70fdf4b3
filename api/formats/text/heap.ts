/** A heap read as the text of Go's `heap?debug=1`, with the memory statistics at its end. */
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import type { PprofSnapshot } from '../../diagnostics/pprof.ts';
import { type Profile, type Sample, sampleTypeIndex } from '../../profile/profile.ts';
import { createStackPrinter, type StackText } from './stack.ts';

/** Live objects and bytes, then those ever allocated: 0 where unknown. */
type HeapCounts = readonly [number, number, number, number];

const FIGURE_TYPES = ['inuse_objects', 'inuse_space', 'alloc_objects', 'alloc_space'];
const LIVE_BYTES = 1;

/**
 * Most live bytes first.
 *
 *     heap profile: 2: 200 [4: 400] @ heapprofile
 *     2: 200 [4: 400] @ 0x10
 *     #	0x10	leak+0x0	/app/leak.js:7
 *
 *     # runtime.MemStats
 *     # Alloc = 5000
 *
 * Go ends the first line with `heap/<rate>`, on which readers scale the figures up. V8 has done so.
 */
export function heapText(heap: HeapProfileSnapshot, pprof: PprofSnapshot): string {
  const { profile } = heap;
  const print = createStackPrinter();
  const countsOf = countsReader(profile);
  const records = profile.samples
    .map((sample) => ({ sample, figures: countsOf(sample) }))
    .sort((a, b) => b.figures[LIVE_BYTES] - a.figures[LIVE_BYTES]);
  const blocks = records.map(({ sample, figures }) => {
    const frames = Array.from(sample.stack, (frame) => profile.frames[frame]!);
    return record(figures, print(frames));
  });
  const header = `heap profile: ${counts(sumOf(records.map(({ figures }) => figures)))}`;
  return [`${header} @ heapprofile\n`, ...blocks, memStats(heap, pprof)].join('');
}

function countsReader(profile: Profile): (sample: Sample) => HeapCounts {
  const indexes = FIGURE_TYPES.map((type) => sampleTypeIndex(profile, type));
  const figure = (values: Sample['values'], at: number) => Math.round(values[indexes[at]!] ?? 0);
  return ({ values }) => [
    figure(values, 0),
    figure(values, 1),
    figure(values, 2),
    figure(values, 3),
  ];
}

function sumOf(all: readonly HeapCounts[]): HeapCounts {
  const sum: [number, number, number, number] = [0, 0, 0, 0];
  for (const figures of all) for (const at of sum.keys()) sum[at]! += figures[at]!;
  return sum;
}

function counts([liveObjects, liveBytes, allocObjects, allocBytes]: HeapCounts): string {
  return `${liveObjects}: ${liveBytes} [${allocObjects}: ${allocBytes}]`;
}

function record(figures: HeapCounts, { addresses, lines }: StackText): string {
  return [`${counts(figures)} ${addresses}`, ...lines, '', ''].join('\n');
}

/** Only what V8 counts; the names follow Go's as in the API. */
function memStats(heap: HeapProfileSnapshot, { figures, heapObjects }: PprofSnapshot): string {
  const { memory, gc } = figures;
  const entries: [name: string, value: number | null][] = [
    ['Alloc', memory.heapUsedBytes],
    ['TotalAlloc', memory.totalAllocatedBytes ?? null],
    ['Sys', memory.rssBytes],
    ['HeapAlloc', memory.heapUsedBytes],
    ['HeapInuse', memory.heapTotalBytes],
    ['HeapObjects', heapObjects],
    ['NumGC', gc.count],
  ];
  const known = entries.filter(([, value]) => value !== null);
  return [
    '# runtime.MemStats',
    ...known.map(([name, value]) => `# ${name} = ${Math.round(value!)}`),
    ...(heap.cumulativeUnavailable === null ? [] : [`# alloc: ${heap.cumulativeUnavailable}`]),
    '',
  ].join('\n');
}
