/** What Node and Chrome save (`.cpuprofile`, `.heapprofile`) as profiles like any other. */
import { NS_PER_US, US_PER_MS } from '../../base/units.ts';
import { internFrames, stackOf } from '../../profile/frame-columns.ts';
import type { Profile, Sample, ValueType } from '../../profile/profile.ts';

interface CallFrame {
  functionName?: string;
  url?: string;
  lineNumber?: number;
  columnNumber?: number;
}

export interface CpuProfileJson {
  nodes: { id: number; callFrame: CallFrame; hitCount?: number; children?: number[] }[];
  startTime: number;
  endTime: number;
  samples?: number[];
  timeDeltas?: number[];
}

interface HeapNode {
  callFrame: CallFrame;
  selfSize: number;
  children?: HeapNode[];
}

export interface HeapProfileJson {
  head: HeapNode;
}

const NO_PARENT = -1;
/** `node --cpu-prof` counts from when the machine began; what is above this is a date. */
const FIRST_DATE_US = 1e15;
/** What stands for no function of the program. */
const ROOT = '(root)';
const IDLE = '(idle)';

export function isCpuProfileJson(value: object): value is CpuProfileJson {
  const { nodes, startTime, endTime } = value as Partial<CpuProfileJson>;
  return (
    Array.isArray(nodes) &&
    nodes.every(({ callFrame } = {} as never) => isCallFrame(callFrame)) &&
    typeof startTime === 'number' &&
    typeof endTime === 'number'
  );
}

export function isHeapProfileJson(value: object): value is HeapProfileJson {
  const { head } = value as Partial<HeapProfileJson>;
  return typeof head === 'object' && head !== null && isCallFrame(head.callFrame);
}

function isCallFrame(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Samples and wall time by stack; a sample lasts until the next one. What was idle is left out. */
export function profileFromCpuProfile(file: CpuProfileJson): Profile {
  const indexOf = new Map(file.nodes.map(({ id }, index) => [id, index]));
  const parent = new Int32Array(file.nodes.length).fill(NO_PARENT);
  for (const [index, { children = [] }] of file.nodes.entries()) {
    for (const child of children) {
      const at = indexOf.get(child);
      if (at !== undefined && at !== index) parent[at] = index;
    }
  }
  const tree = treeOf(
    file.nodes.map(({ callFrame }) => callFrame),
    parent,
  );
  const durationUs = Math.max(0, file.endTime - file.startTime);
  const { counts, wallUs } = timesOf(file, indexOf, durationUs);
  const isLeftOut = ({ callFrame }: CpuProfileJson['nodes'][number]) =>
    [IDLE, ROOT].includes(callFrame.functionName ?? '');
  const samples = file.nodes.flatMap((node, index): Sample[] => {
    if (counts[index] === 0 || isLeftOut(node)) return [];
    return [{ stack: tree.stackOf(index), values: [counts[index]!, wallUs[index]! * NS_PER_US] }];
  });
  return {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'wall', unit: 'nanoseconds' },
    ],
    frames: tree.frames,
    samples,
    durationMs: durationUs / US_PER_MS,
    ...(file.startTime > FIRST_DATE_US ? { startedAtMs: file.startTime / US_PER_MS } : {}),
    defaultSampleType: 'wall',
  };
}

/** By node: how often it was sampled, and the microseconds that stand for it. */
function timesOf(file: CpuProfileJson, indexOf: Map<number, number>, durationUs: number) {
  const counts = new Float64Array(file.nodes.length);
  const wallUs = new Float64Array(file.nodes.length);
  const { samples = [], timeDeltas = [] } = file;
  if (samples.length === 0) {
    const hits = file.nodes.map(({ hitCount = 0 }) => hitCount);
    const total = hits.reduce((sum, count) => sum + count, 0);
    counts.set(hits);
    wallUs.set(hits.map((count) => (total === 0 ? 0 : (durationUs * count) / total)));
    return { counts, wallUs };
  }
  let elapsedUs = 0;
  for (const [at, id] of samples.entries()) {
    elapsedUs += timeDeltas[at] ?? 0;
    const node = indexOf.get(id);
    if (node === undefined) continue;
    const isLast = at === samples.length - 1;
    const lastsUs = isLast ? durationUs - elapsedUs : (timeDeltas[at + 1] ?? 0);
    counts[node]! += 1;
    // Times of samples may run backwards by a little.
    wallUs[node]! += Math.max(0, lastsUs);
  }
  return { counts, wallUs };
}

/** Live bytes by stack. How many objects they are is not in the file: 0. */
export function profileFromHeapProfile(file: HeapProfileJson): Profile {
  const callFrames: CallFrame[] = [];
  const parents: number[] = [];
  const bytes: number[] = [];
  const open: { node: HeapNode; parent: number }[] = [{ node: file.head, parent: NO_PARENT }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next;
    const index = callFrames.push(node.callFrame ?? {}) - 1;
    parents.push(parent);
    bytes.push(typeof node.selfSize === 'number' ? node.selfSize : 0);
    for (const child of node.children ?? []) open.push({ node: child, parent: index });
  }
  const tree = treeOf(callFrames, parents);
  const sampleTypes: ValueType[] = [
    { type: 'inuse_objects', unit: 'count' },
    { type: 'inuse_space', unit: 'bytes' },
  ];
  const samples = bytes.flatMap((size, index): Sample[] =>
    size > 0 ? [{ stack: tree.stackOf(index), values: [0, size] }] : [],
  );
  return { sampleTypes, frames: tree.frames, samples, defaultSampleType: 'inuse_space' };
}

/** The frames of a call tree, and the stack of each node without the root that all of them share. */
function treeOf(callFrames: readonly CallFrame[], parent: ArrayLike<number>) {
  const strings: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (text: unknown): number => {
    const string = typeof text === 'string' ? text : '';
    const known = indexes.get(string) ?? strings.push(string) - 1;
    indexes.set(string, known);
    return known;
  };
  const { frames, frameOfNode } = internFrames({
    functionName: callFrames.map(({ functionName }) => indexOf(functionName)),
    file: callFrames.map(({ url }) => indexOf(url)),
    line: callFrames.map(({ lineNumber = -1 }) => lineNumber + 1),
    column: callFrames.map(({ columnNumber = -1 }) => columnNumber + 1),
    strings,
  });
  return {
    frames,
    stackOf: (node: number) =>
      stackOf(node, parent, frameOfNode).filter((frame) => frames[frame]!.function !== ROOT),
  };
}
