/** Turns a CPU reading of a Node isolate into a profile. */
import { NS_PER_MS, NS_PER_US, US_PER_MS } from '../../base/numbers/units.ts';
import type { CpuReading } from '../../probe/readings/cpu.ts';
import type { Profile, Sample } from '../profile.ts';
import { internFrames, stackOf } from './frame-columns.ts';

/** V8's names for what runs while no function of the program does. */
const IDLE = '(idle)';
export const PROGRAM = '(program)';
export const GARBAGE_COLLECTOR = '(garbage collector)';

/** Label of the samples taken in a request. */
export const ROUTE_LABEL = 'route';
/** Labels of the samples taken in a span of OpenTelemetry, by the names that its logs and profiles have for them. */
export const TRACE_LABEL = 'trace_id';
export const SPAN_LABEL = 'span_id';

/** Names of the sample types, as in Go's and V8's profiles. */
const SAMPLES = 'samples';
const WALL = 'wall';
const CPU = 'cpu';

const NONE = -1;

/** What belongs together: samples of one node in requests of one route, and in one span. */
interface Sum {
  node: number;
  route: number;
  span: number;
  count: number;
  wallNs: number;
  cpuNs: number;
}

/**
 * One sample for each node, route and span, with its stack up to the root, and as values the count of
 * samples, the wall time they stand for and, where the platform tells it, the CPU time. What was sampled while the thread was idle is left out. The
 * lines are those where the functions begin.
 */
export function profileFromCpuReading(reading: CpuReading): Profile {
  const { frames, frameOfNode } = internFrames(reading);
  const hasCpu = reading.sampleCpuUs !== null;
  const samples = sumsOf(reading)
    .filter(({ node }) => !isIdle(reading, node))
    .map(({ node, route, span, count, wallNs, cpuNs }): Sample => {
      const values = [count, wallNs];
      if (hasCpu) values.push(cpuNs);
      const stack = stackOf(node, reading.parent, frameOfNode);
      if (route === NONE && span === NONE) return { stack, values };
      return {
        stack,
        values,
        labels: { ...routeLabel(reading, route), ...spanLabels(reading, span) },
      };
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

/**
 * Wall time that each sample stands for; all of them add up to the profile's, but for what samples
 * stand for that were dropped. Where their times are known, a sample reaches half the way to its
 * neighbors: on a busy machine, and while V8 collects garbage, there are fewer of them. For example
 * samples at 1, 2 and 8 ms of 10 stand for 1.5, 3.5 and 5 ms. Else all stand for the same.
 * @internal
 */
export function wallMsOfSamples(reading: CpuReading): number[] {
  const { sampleNode, sampleAtUs, droppedSamples, durationMs } = reading;
  if (sampleAtUs === null) {
    return sampleNode.map(() => durationMs / (sampleNode.length + droppedSamples));
  }
  const last = sampleAtUs.length - 1;
  const middleMs = (at: number) => (sampleAtUs[at]! + sampleAtUs[at + 1]!) / 2 / US_PER_MS;
  return sampleAtUs.map((_atUs, at) => {
    const fromMs = at === 0 ? 0 : middleMs(at - 1);
    const toMs = at === last ? durationMs : middleMs(at);
    return Math.max(0, toMs - fromMs);
  });
}

/** Wall time of the samples in which the thread had nothing to do. */
export function idleMsOf(reading: CpuReading): number {
  const wallMs = wallMsOfSamples(reading);
  return reading.sampleNode.reduce(
    (sum, node, at) => sum + (isIdle(reading, node) ? wallMs[at]! : 0),
    0,
  );
}

function isIdle({ strings, functionName, file }: CpuReading, node: number): boolean {
  return strings[functionName[node]!] === IDLE && strings[file[node]!] === '';
}

function sumsOf(reading: CpuReading): Sum[] {
  const { sampleNode, sampleRoute, sampleCpuUs, sampleSpan, spans = [], routes } = reading;
  const wallMs = wallMsOfSamples(reading);
  const sums = new Map<number, Sum>();
  sampleNode.forEach((node, at) => {
    const route = sampleRoute[at]!;
    const span = sampleSpan?.[at] ?? NONE;
    const key = (node * (routes.length + 1) + route + 1) * (spans.length + 1) + span + 1;
    const sum = sums.get(key) ?? { node, route, span, count: 0, wallNs: 0, cpuNs: 0 };
    sum.count += 1;
    sum.wallNs += wallMs[at]! * NS_PER_MS;
    sum.cpuNs += (sampleCpuUs?.[at] ?? 0) * NS_PER_US;
    sums.set(key, sum);
  });
  return [...sums.values()];
}

function routeLabel({ routes }: CpuReading, route: number): Record<string, string> {
  return route === NONE ? {} : { [ROUTE_LABEL]: routes[route]! };
}

function spanLabels({ spans }: CpuReading, span: number): Record<string, string> {
  const ids = spans?.[span];
  return ids === undefined ? {} : { [TRACE_LABEL]: ids.traceId, [SPAN_LABEL]: ids.spanId };
}
