/** How many a container holds. */
import { follow, type HeapGraph, nodeText, nodeTypeText } from './graph.ts';

/**
 * V8's ordered tables: three counts, the buckets, then for each two of an entry and its chain.
 *
 *   Map: 3 + B + 2B × (key, value, chain)        Set: 3 + B + 2B × (key, chain)
 */
const HEADER_SLOTS = 3;
const ENTRIES_PER_BUCKET = 2;
const SLOTS_PER_ENTRY: Readonly<Record<string, number>> = { Map: 3, Set: 2 };
const SLOT_BYTES = 8;
const ARRAY_HEADER_BYTES = 16;

export type EntryCounter = (node: number) => number | null;

/** Counts each container once: many objects hang on one. */
export function entryCounter(graph: HeapGraph): EntryCounter {
  const counted = new Map<number, number | null>();
  return (node) => {
    const known = counted.get(node);
    if (known !== undefined) return known;
    const count = entriesOf(graph, node);
    counted.set(node, count);
    return count;
  };
}

/** @returns entries, elements or else properties; null for what has none, and for what is no object */
function entriesOf(graph: HeapGraph, node: number): number | null {
  if (nodeTypeText(graph, node) !== 'object') return null;
  const table = follow(graph, node, graph.edgeTypes.indexOf('internal'), graph.indexOf('table'));
  const slots = SLOTS_PER_ENTRY[nodeText(graph, node)];
  if (table >= 0) return tableEntries(graph, table, slots ?? null);
  const count = countEdges(graph, node, 'element') || countEdges(graph, node, 'property') - 1;
  return count > 0 ? count : null;
}

/** Numbers and the like are no objects: an entry shows where its key or its value is one. */
function tableEntries(graph: HeapGraph, table: number, slotsPerEntry: number | null): number {
  const [from, to] = [graph.firstEdge[table]!, graph.firstEdge[table + 1]!];
  if (slotsPerEntry === null) return Math.ceil((to - from) / 2);
  const slots = (graph.selfBytes[table]! - ARRAY_HEADER_BYTES) / SLOT_BYTES;
  const buckets = (slots - HEADER_SLOTS) / (1 + ENTRIES_PER_BUCKET * slotsPerEntry);
  const first = HEADER_SLOTS + buckets;
  let count = 0;
  let last = -1;
  for (let edge = from; edge < to; edge++) {
    const slot = Number(graph.text(graph.edgeName[edge]!));
    const entry = Math.floor((slot - first) / slotsPerEntry);
    // In the order of their slots.
    if (Number.isNaN(slot) || entry < 0 || entry === last) continue;
    last = entry;
    count += 1;
  }
  return count;
}

function countEdges(graph: HeapGraph, node: number, type: string): number {
  const wanted = graph.edgeTypes.indexOf(type);
  let count = 0;
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
    if (graph.edgeType[edge] === wanted) count += 1;
  }
  return count;
}
