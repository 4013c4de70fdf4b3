/** Turns a CPU reading of a Node isolate into a profile. */
import type { CpuReading } from '../probe/probe.ts';
import { internFrames, stackOf } from './frame-columns.ts';
import type { Profile, Sample } from './profile.ts';

/** V8's names for what runs while no function of the program does. */
export const IDLE = '(idle)';
export const PROGRAM = '(program)';
export const GARBAGE_COLLECTOR = '(garbage collector)';

/** Label of the samples taken in a request. */
export const ROUTE_LABEL = 'route';

/** Names of the sample types, as in Go's and V8's profiles. */
export const SAMPLES = 'samples';
export const WALL = 'wall';
export const CPU = 'cpu';

const NS_PER_US = 1_000;
const NS_PER_MS = 1e6;
const NO_ROUTE = -1;

/** What belongs together: samples of one node in requests of one route. */
interface Sum {
  node: number;
  route: number;
  count: number;
  cpuNs: number;
}

/**
 * One sample for each node and route, with its stack up to the root, and as values the count of
 * samples, the wall time they stand for (all of the profile's time shared out equally) and, where
 * the platform tells it, the CPU time. What was sampled while the thread was idle is left out. The
 * lines are those where the functions begin.
 */
export function profileFromCpuReading(reading: CpuReading): Profile {
  const { frames, frameOfNode } = internFrames(reading);
  const hasCpu = reading.sampleCpuUs !== null;
  const nsPerSample = wallMsPerSample(reading) * NS_PER_MS;
  const samples = sumsOf(reading)
    .filter(({ node }) => !isIdle(reading, node))
    .map(({ node, route, count, cpuNs }): Sample => {
      const values = [count, count * nsPerSample];
      if (hasCpu) values.push(cpuNs);
      const stack = stackOf(node, reading.parent, frameOfNode);
      if (route === NO_ROUTE) return { stack, values };
      return { stack, values, labels: { [ROUTE_LABEL]: reading.routes[route]! } };
    });
  const time = { type: hasCpu ? CPU : WALL, unit: 'nanoseconds' };
  return {
    sampleTypes: [
      { type: SAMPLES, unit: 'count' },
      { type: WALL, unit: 'nanoseconds' },
      ...(hasCpu ? [time] : []),
    ],
    frames,
    samples,
    periodType: time,
    period: reading.samplingIntervalUs * NS_PER_US,
    startedAtMs: reading.startedAtMs,
    durationMs: reading.durationMs,
    defaultSampleType: time.type,
  };
}

/** Wall time that one sample stands for: more than the interval where the machine was busy. */
export function wallMsPerSample(reading: CpuReading): number {
  const count = reading.sampleNode.length + reading.droppedSamples;
  return count === 0 ? 0 : reading.durationMs / count;
}

export function isIdle({ strings, functionName, file }: CpuReading, node: number): boolean {
  return strings[functionName[node]!] === IDLE && strings[file[node]!] === '';
}

function sumsOf({ sampleNode, sampleRoute, sampleCpuUs, routes }: CpuReading): Sum[] {
  const sums = new Map<number, Sum>();
  sampleNode.forEach((node, at) => {
    const route = sampleRoute[at]!;
    const key = node * (routes.length + 1) + route + 1;
    const sum = sums.get(key) ?? { node, route, count: 0, cpuNs: 0 };
    sum.count += 1;
    sum.cpuNs += (sampleCpuUs?.[at] ?? 0) * NS_PER_US;
    sums.set(key, sum);
  });
  return [...sums.values()];
}
