/** What Node and Chrome save (`.cpuprofile`, `.heapprofile`) as profiles like any other. */
import { DiagnosticsError } from '../../../base/errors.ts';
import { createNumbering } from '../../../base/numbers/numbering.ts';
import { NS_PER_US, US_PER_MS } from '../../../base/numbers/units.ts';
import { internFrames, stackOf } from '../../../profile/from-readings/frame-columns.ts';
import type { Profile, Sample, ValueType } from '../../../profile/profile.ts';
import type {
  CallFrame,
  CpuProfileJson,
  CpuProfileNode,
  HeapNode,
  HeapProfileJson,
} from './json.ts';

const NO_PARENT = -1;
/** `node --cpu-prof` counts from when the machine began; what is above this is a date. */
const FIRST_DATE_US = 1e15;
/** What stands for no function of the program. */
const ROOT = '(root)';
const IDLE = '(idle)';
/**
 * Frames in all stacks together: of some hundred million bytes. What V8 writes has stacks of at most 255
 * frames; a tree as deep as it is long would have half the square of its nodes.
 */
const MOST_FRAMES = 20_000_000;

/**
 * Samples and wall time by stack; a sample lasts until the next one. What was idle is left out.
 * @throws DiagnosticsError `INVALID_INPUT` where its calls run in a circle, `LIMIT_EXCEEDED` where they are too deep
 */
export function profileFromCpuProfile(file: CpuProfileJson): Profile {
  const indexOf = new Map(file.nodes.map(({ id }, index) => [id, index]));
  const parent = new Int32Array(file.nodes.length).fill(NO_PARENT);
  for (const [index, { children }] of file.nodes.entries()) {
    for (const child of children ?? []) {
      const at = indexOf.get(child);
      if (at !== undefined) parent[at] = index;
    }
  }
  const tree = treeOf(
    file.nodes.map(({ callFrame }) => callFrame),
    parent,
  );
  const durationUs = Math.max(0, file.endTime - file.startTime);
  const { counts, wallUs } = timesOf(file, indexOf, durationUs);
  const isTold = ({ callFrame }: CpuProfileNode, index: number) =>
    counts[index] !== 0 && ![IDLE, ROOT].includes(callFrame.functionName ?? '');
  checkDepth(parent, (index) => isTold(file.nodes[index]!, index));
  const samples = file.nodes.flatMap((node, index): Sample[] => {
    if (!isTold(node, index)) return [];
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
  const samples = file.samples ?? [];
  const timeDeltas = file.timeDeltas ?? [];
  if (samples.length === 0) {
    const hits = file.nodes.map(({ hitCount }) => hitCount ?? 0);
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

/**
 * Live bytes by stack. How many objects they are is not in the file.
 * @throws DiagnosticsError `LIMIT_EXCEEDED` where its calls are too deep
 */
export function profileFromHeapProfile(file: HeapProfileJson): Profile {
  const callFrames: CallFrame[] = [];
  const parents: number[] = [];
  const bytes: number[] = [];
  const open: { node: HeapNode; parent: number }[] = [{ node: file.head, parent: NO_PARENT }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next;
    const index = callFrames.push(node.callFrame) - 1;
    parents.push(parent);
    bytes.push(node.selfSize);
    for (const child of node.children ?? []) open.push({ node: child, parent: index });
  }
  checkDepth(parents, (index) => bytes[index]! > 0);
  const tree = treeOf(callFrames, parents);
  const sampleTypes: ValueType[] = [{ type: 'inuse_space', unit: 'bytes' }];
  const samples = bytes.flatMap((size, index): Sample[] =>
    size > 0 ? [{ stack: tree.stackOf(index), values: [size] }] : [],
  );
  return { sampleTypes, frames: tree.frames, samples, defaultSampleType: 'inuse_space' };
}

/** Each stack is written out below, so a small file of deep calls may need more memory than there is. */
function checkDepth(parent: ArrayLike<number>, isTold: (node: number) => boolean): void {
  const depths = depthsOf(parent);
  let frames = 0;
  for (const [node, depth] of depths.entries()) if (isTold(node)) frames += depth;
  if (frames <= MOST_FRAMES) return;
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  throw new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `its calls are up to ${deepest} levels deep, and its stacks together more than ${MOST_FRAMES} frames long`,
  );
}

/** How many nodes lie between each and its root, both included. */
function depthsOf(parent: ArrayLike<number>): Uint32Array {
  const depths = new Uint32Array(parent.length);
  for (let leaf = 0; leaf < parent.length; leaf += 1) {
    const path: number[] = [];
    for (let node = leaf; node !== NO_PARENT && depths[node] === 0; node = parent[node]!) {
      path.push(node);
      if (path.length > parent.length) {
        throw new DiagnosticsError('INVALID_INPUT', 'it is damaged: its calls run in a circle');
      }
    }
    for (const node of path.reverse()) depths[node] = 1 + (depths[parent[node]!] ?? 0);
  }
  return depths;
}

/** The frames of a call tree, and the stack of each node without the root that all of them share. */
function treeOf(callFrames: readonly CallFrame[], parent: ArrayLike<number>) {
  const strings = createNumbering<string>();
  const indexOf = (text: unknown) => strings.numberOf(typeof text === 'string' ? text : '');
  const functionName = callFrames.map((frame) => indexOf(frame.functionName));
  const file = callFrames.map(({ url }) => indexOf(url));
  const { frames, frameOfNode } = internFrames({
    functionName,
    file,
    line: callFrames.map(({ lineNumber }) => (lineNumber ?? -1) + 1),
    column: callFrames.map(({ columnNumber }) => (columnNumber ?? -1) + 1),
    strings: strings.values(),
  });
  return {
    frames,
    stackOf: (node: number) =>
      stackOf(node, parent, frameOfNode).filter((frame) => frames[frame]!.function !== ROOT),
  };
}
