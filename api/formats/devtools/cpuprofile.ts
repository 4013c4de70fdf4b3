/** A CPU reading as Chrome's `.cpuprofile`, which DevTools, editors and Speedscope open as a timeline. */
import { US_PER_MS } from '../../base/numbers/units.ts';
import type { CpuReading } from '../../probe/readings/cpu.ts';
import { internFrames } from '../../profile/from-readings/frame-columns.ts';
import { type CallFrame, callFrameOf, ROOT_CALL_FRAME } from './call-frame.ts';

export interface CpuProfileNode {
  id: number;
  callFrame: CallFrame;
  /** Samples taken in the function itself. */
  hitCount: number;
  children: number[];
}

/** In the words of the DevTools protocol; times in microseconds. */
export interface CpuProfileFile {
  nodes: CpuProfileNode[];
  startTime: number;
  endTime: number;
  /** The node of each sample, in the order they were taken. */
  samples: number[];
  /** Time from each sample's predecessor to it; the first from `startTime`. */
  timeDeltas: number[];
}

const ROOT_ID = 1;
const FIRST_NODE_ID = 2;
const NO_PARENT = -1;

/** Where the platform tells no times, the samples are spread evenly. */
export function cpuprofile(reading: CpuReading): CpuProfileFile {
  const { sampleNode, sampleAtUs, startedAtMs, durationMs } = reading;
  const startTime = Math.round(startedAtMs * US_PER_MS);
  const durationUs = Math.round(durationMs * US_PER_MS);
  const timesUs =
    sampleAtUs ?? sampleNode.map((_node, index) => (durationUs * index) / sampleNode.length);
  return {
    nodes: nodesOf(reading),
    startTime,
    endTime: startTime + durationUs,
    samples: sampleNode.map((node) => node + FIRST_NODE_ID),
    timeDeltas: timesUs.map((atUs, index) =>
      Math.max(0, Math.round(atUs) - Math.round(timesUs[index - 1] ?? 0)),
    ),
  };
}

function nodesOf(reading: CpuReading): CpuProfileNode[] {
  const { frames, frameOfNode } = internFrames(reading);
  const root = { id: ROOT_ID, callFrame: ROOT_CALL_FRAME, hitCount: 0, children: [] as number[] };
  const nodes = Array.from(
    frameOfNode,
    (frame, node): CpuProfileNode => ({
      id: node + FIRST_NODE_ID,
      callFrame: callFrameOf(frames[frame]!),
      hitCount: 0,
      children: [],
    }),
  );
  for (const [node, { id }] of nodes.entries()) {
    const parent = reading.parent[node]!;
    (parent === NO_PARENT ? root : nodes[parent]!).children.push(id);
  }
  for (const node of reading.sampleNode) nodes[node]!.hitCount += 1;
  return [root, ...nodes];
}
