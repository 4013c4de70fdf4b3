/** The lists of a heap snapshot, a column each field. */
import { DiagnosticsError } from '../../base/errors.ts';
import { bytesText } from '../../base/text/bytes.ts';
import { graphBytes, type HeapGraph } from './graph.ts';
import { type Head, noSnapshot } from './head.ts';
import type { StringTable } from './string-table.ts';

/** What takes the numbers of one list. */
export type TakeNumber = (value: number) => void;

/** Of what holds an exported variable; no value of a program is hidden and as small. */
const CELL_BYTES = 16;
/** Types of nodes whose name is the value of a string. */
const VALUES = new Set([
  'string',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'number',
]);

export interface Columns {
  takerOf(list: string): TakeNumber;
  /** One bit for each string that is a name. */
  names(): Uint8Array;
  finish(strings: StringTable): HeapGraph;
}

export function createColumns(
  { meta, node_count, edge_count }: Head,
  memoryLimitBytes: number,
): Columns {
  const neededBytes = graphBytes({ nodeCount: node_count, edgeCount: edge_count });
  if (neededBytes > memoryLimitBytes) {
    throw new DiagnosticsError(
      'LIMIT_EXCEEDED',
      `the heap has ${node_count} objects, for which ${bytesText(neededBytes)} of memory would be needed, and ${bytesText(memoryLimitBytes)} are allowed: raise heapSnapshotMemoryBytes`,
    );
  }
  const nodeType = new Uint8Array(node_count);
  const nodeName = new Uint32Array(node_count);
  const selfBytes = new Uint32Array(node_count);
  const firstEdge = new Uint32Array(node_count + 1);
  const edgeType = new Uint8Array(edge_count);
  const edgeName = new Uint32Array(edge_count);
  const edgeTo = new Uint32Array(edge_count);
  const locations: number[] = [];
  const nodeTypes = meta.node_types[0];
  const edgeTypes = meta.edge_types[0];
  const nodeWidth = meta.node_fields.length;
  const locationAt = meta.location_fields?.indexOf('object_index') ?? 0;
  const locationWidth = meta.location_fields?.length ?? 4;
  let nodes = 0;
  let edges = 0;

  const nodeField = (name: string) => meta.node_fields.indexOf(name);
  const [atType, atName, atSize, atEdges] = ['type', 'name', 'self_size', 'edge_count'].map(
    nodeField,
  );
  const takeNode = fields(nodeWidth, (field, value) => {
    if (field === atType) nodeType[nodes] = value;
    else if (field === atName) nodeName[nodes] = value;
    else if (field === atSize) selfBytes[nodes] = value;
    else if (field === atEdges) firstEdge[nodes + 1] = firstEdge[nodes]! + value;
    if (field === nodeWidth - 1) nodes += 1;
  });
  const edgeWidth = meta.edge_fields.length;
  const edgeField = (name: string) => meta.edge_fields.indexOf(name);
  const [edgeAtType, edgeAtName, edgeAtTo] = ['type', 'name_or_index', 'to_node'].map(edgeField);
  const takeEdge = fields(edgeWidth, (field, value) => {
    if (field === edgeAtType) edgeType[edges] = value;
    else if (field === edgeAtName) edgeName[edges] = value;
    else if (field === edgeAtTo) edgeTo[edges] = value / nodeWidth;
    if (field === edgeWidth - 1) edges += 1;
  });
  const takeLocation = fields(locationWidth, (field, value) => {
    locations.push(field === locationAt ? value / nodeWidth : value);
  });

  return {
    takerOf: (list) =>
      ({ nodes: takeNode, edges: takeEdge, locations: takeLocation })[list] ?? ignore,
    names() {
      const isNumbered = edgeTypes.map((type) => type === 'element' || type === 'hidden');
      const isValue = nodeTypes.map((type) => VALUES.has(type));
      let last = 0;
      for (let node = 0; node < nodes; node++) last = Math.max(last, nodeName[node]!);
      for (let edge = 0; edge < edges; edge++) {
        if (!isNumbered[edgeType[edge]!]) last = Math.max(last, edgeName[edge]!);
      }
      const bits = new Uint8Array((last >> 3) + 1);
      const mark = (name: number) => {
        bits[name >> 3]! |= 1 << (name & 7);
      };
      const [array, text, hidden] = ['array', 'string', 'hidden'].map((t) => nodeTypes.indexOf(t));
      for (let node = 0; node < nodes; node++) {
        if (!isValue[nodeType[node]!]) mark(nodeName[node]!);
        if (nodeType[node] !== array) continue;
        // The names of exported variables, each right before its cell, are texts to V8.
        for (let edge = firstEdge[node]! + 1; edge < firstEdge[node + 1]!; edge++) {
          const cell = edgeTo[edge]!;
          const name = edgeTo[edge - 1]!;
          if (nodeType[cell] !== hidden || selfBytes[cell] !== CELL_BYTES) continue;
          if (nodeType[name] === text) mark(nodeName[name]!);
        }
      }
      for (let edge = 0; edge < edges; edge++) {
        if (!isNumbered[edgeType[edge]!]) mark(edgeName[edge]!);
      }
      return bits;
    },
    finish(strings) {
      if (nodes !== node_count || edges !== edge_count || firstEdge[nodes] !== edges) {
        throw noSnapshot('it has not as many objects as it says');
      }
      return {
        nodeCount: nodes,
        edgeCount: edges,
        nodeType,
        nodeName,
        selfBytes,
        firstEdge,
        edgeType,
        edgeName,
        edgeTo,
        nodeTypes,
        edgeTypes,
        locations: Uint32Array.from(locations),
        text: strings.text,
        indexOf: strings.indexOf,
      };
    },
  };
}

/** Numbers of records that are `width` wide, each with its place in the record. */
function fields(width: number, take: (field: number, value: number) => void): TakeNumber {
  let field = 0;
  return (value) => {
    take(field, value);
    field += 1;
    if (field === width) field = 0;
  };
}

export function ignore(): void {}
