/** Flattens V8's call tree and the samples in it. Iterative: a stack may be as deep as V8's own limit. */

import { math } from '../../base/numbers/math.ts';
import { createNumbering } from '../../base/numbers/numbering.ts';
import { NS_PER_US } from '../../base/numbers/units.ts';
import { NO_PARENT } from '../heap/tree/columns.ts';
import type { CpuReading } from '../readings/cpu.ts';
import type { SpanIds } from '../readings/span.ts';
import type { CpuNode, CpuTree } from './driver.ts';

export type CpuColumns = Pick<
  CpuReading,
  | 'strings'
  | 'parent'
  | 'functionName'
  | 'file'
  | 'line'
  | 'column'
  | 'sampleNode'
  | 'sampleRoute'
  | 'sampleCpuUs'
  | 'sampleAtUs'
  | 'droppedSamples'
  | 'routes'
  | 'sampleSpan'
  | 'spans'
> & {
  /** Some nodes were left out, and the samples in them. */
  isCut: boolean;
};

export interface CpuTreeOptions {
  /** Microseconds since the start for a time since the epoch; null where a sample is not to count. */
  atUs: (epochUs: number) => number | null;
  /** Nodes that are read; a tree beyond has none but rarely taken branches left. @default 20_000 */
  maxNodes?: number;
  /** Whether samples carry time, CPU time and context. */
  hasDetails: boolean;
  /** The route of a sample's context; null where it has none. */
  routeOf: (context: object) => string | null;
  /** The span of a sample's context; null where it has none. */
  spanOf: (context: object) => SpanIds | null;
}

/** About 40 ms of reading. */
const MAX_NODES = 20_000;

const NONE = -1;

/** By their numbers. */
interface Labels {
  route: number;
  span: number;
}

const NO_LABELS: Labels = { route: NONE, span: NONE };

interface TakenSample extends Labels {
  node: number;
  cpuUs: number;
  atUs: number;
}

/** Level by level, so that what a limit leaves out are the deepest frames. V8's root stands for no function. */
export function flattenCpuTree(
  { root, sampleCount }: CpuTree,
  { atUs, maxNodes = MAX_NODES, hasDetails, routeOf, spanOf }: CpuTreeOptions,
): CpuColumns {
  const strings = createNumbering<string>();
  const routes = createNumbering<string>();
  const spans = createNumbering<SpanIds>();
  const labelsByContext = new Map<object, Labels>();
  const nodes = { parent: [], functionName: [], file: [], line: [], column: [] } as Record<
    'parent' | 'functionName' | 'file' | 'line' | 'column',
    number[]
  >;
  const samples: TakenSample[] = [];
  let uncounted = 0;

  function labelsOf(context: object | undefined): Labels {
    if (context === undefined) return NO_LABELS;
    const known = labelsByContext.get(context);
    if (known !== undefined) return known;
    const route = routeOf(context);
    const span = spanOf(context);
    const labels = {
      route: route === null ? NONE : routes.numberOf(route),
      span: span === null ? NONE : spans.numberOf(span),
    };
    labelsByContext.set(context, labels);
    return labels;
  }

  function addSamples(node: number, { contexts = [], hitCount }: CpuNode): void {
    if (!hasDetails) {
      for (let hit = 0; hit < hitCount; hit++) {
        samples.push({ node, ...NO_LABELS, cpuUs: 0, atUs: 0 });
      }
      return;
    }
    for (const { context, cpuTime = 0, timestamp } of contexts) {
      const takenAtUs = atUs(Number(timestamp));
      if (takenAtUs === null) {
        uncounted += 1;
        continue;
      }
      const cpuUs = math.round(cpuTime / NS_PER_US);
      samples.push({ node, ...labelsOf(context), cpuUs, atUs: takenAtUs });
    }
  }

  const queue: CpuNode[] = [...root.children];
  const parents: number[] = queue.map(() => NO_PARENT);
  for (let index = 0; index < queue.length && index < maxNodes; index++) {
    const node = queue[index]!;
    nodes.parent.push(parents[index]!);
    nodes.functionName.push(strings.numberOf(node.name ?? ''));
    nodes.file.push(strings.numberOf(node.scriptName));
    nodes.line.push(node.lineNumber ?? 0);
    nodes.column.push(node.columnNumber ?? 0);
    addSamples(index, node);
    for (const child of node.children) {
      queue.push(child);
      parents.push(index);
    }
  }
  samples.sort((a, b) => a.atUs - b.atUs);

  return {
    ...nodes,
    strings: strings.values(),
    routes: routes.values(),
    sampleNode: samples.map(({ node }) => node),
    sampleRoute: samples.map(({ route }) => route),
    ...(spans.values().length > 0 && {
      sampleSpan: samples.map(({ span }) => span),
      spans: spans.values(),
    }),
    sampleCpuUs: hasDetails ? samples.map(({ cpuUs }) => cpuUs) : null,
    sampleAtUs: hasDetails ? samples.map(({ atUs }) => atUs) : null,
    droppedSamples: math.max(0, sampleCount - samples.length - uncounted),
    isCut: queue.length > maxNodes,
  };
}
