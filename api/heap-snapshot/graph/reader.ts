/**
 * Reads a heap snapshot as it comes, chunk by chunk, into columns. It is never there as a whole: as text it
 * is several times as large as the heap, and longer than V8 lets a string be.
 *
 *   {"snapshot":{"meta":{…},"node_count":…,"edge_count":…},"nodes":[…],"edges":[…],…,"strings":[…]}
 */
import { DiagnosticsError } from '../../base/errors.ts';
import { bytesText } from '../../base/text/bytes.ts';
import { graphBytes, type HeapGraph } from './graph.ts';

export interface SnapshotReader {
  /** @throws DiagnosticsError as `createSnapshotReader` says */
  push(chunk: Uint8Array): void;
  /** @throws DiagnosticsError `INVALID_INPUT` where the snapshot is cut off, or is none */
  finish(): HeapGraph;
}

interface Meta {
  node_fields: string[];
  node_types: [string[], ...unknown[]];
  edge_fields: string[];
  edge_types: [string[], ...unknown[]];
  location_fields?: string[];
}

interface Head {
  meta: Meta;
  node_count: number;
  edge_count: number;
}

/** What takes the numbers of one list. */
type TakeNumber = (value: number) => void;

/** A description is some 2 kB. */
const MAX_HEAD_BYTES = 1024 ** 2;
/** Longer names are cut: they are there to be read. */
const MAX_NAME_BYTES = 200;

const [QUOTE, BACKSLASH, OPEN, CLOSE, ZERO, NINE] = [0x22, 0x5c, 0x5b, 0x5d, 0x30, 0x39];
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

/**
 * @param memoryLimitBytes that the columns, and the work with them, may take
 * @throws DiagnosticsError from `push`: `INVALID_INPUT` for what is no heap snapshot, `LIMIT_EXCEEDED` for
 * one that is too large
 */
export function createSnapshotReader({
  memoryLimitBytes,
}: {
  memoryLimitBytes: number;
}): SnapshotReader {
  let head = Buffer.alloc(0);
  let columns: Columns | null = null;
  let part: 'head' | 'between' | 'numbers' | 'strings' | 'end' = 'head';
  let key = '';
  let number = -1;
  let take: TakeNumber = ignore;
  const strings = createStringTable();

  function readHead(chunk: Uint8Array): Uint8Array | null {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('"nodes":[');
    if (end < 0) {
      if (head.length > MAX_HEAD_BYTES || !looksLikeSnapshot(head)) throw noSnapshot();
      return null;
    }
    columns = createColumns(parseHead(head.subarray(0, end)), memoryLimitBytes);
    const rest = head.subarray(end);
    head = Buffer.alloc(0);
    part = 'between';
    return rest;
  }

  /** Up to the bracket that opens the next list. */
  function readBetween(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte !== OPEN) {
        key += String.fromCharCode(byte);
        continue;
      }
      const name = /"(\w+)"/.exec(key)?.[1] ?? '';
      key = '';
      part = name === 'strings' ? 'strings' : 'numbers';
      take = columns!.takerOf(name);
      if (part === 'strings') strings.keepOnly(columns!.names());
      return at + 1;
    }
    return chunk.length;
  }

  /** Lists in lists, as of call trees, are passed over. */
  function readNumbers(chunk: Uint8Array, from: number): number {
    let value = number;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte >= ZERO && byte <= NINE) {
        value = (value < 0 ? 0 : value * 10) + byte - ZERO;
        continue;
      }
      if (value >= 0) {
        take(value);
        value = -1;
      }
      if (byte === OPEN) depth += 1;
      if (byte === CLOSE) {
        if (depth === 0) {
          number = -1;
          part = 'between';
          return at + 1;
        }
        depth -= 1;
      }
    }
    number = value;
    return chunk.length;
  }
  let depth = 0;

  return {
    push(chunk) {
      let rest: Uint8Array | null = chunk;
      if (part === 'head') rest = readHead(chunk);
      if (rest === null) return;
      for (let at = 0; at < rest.length; ) {
        if (part === 'between') at = readBetween(rest, at);
        else if (part === 'numbers') at = readNumbers(rest, at);
        else if (part === 'strings') {
          at = strings.push(rest, at);
          if (strings.isDone()) part = 'end';
        } else return;
      }
    },
    finish() {
      if (part !== 'end' || columns === null) throw noSnapshot('it is cut off');
      return columns.finish(strings);
    },
  };
}

function ignore(): void {}

function looksLikeSnapshot(start: Buffer): boolean {
  const expected = '{"snapshot":';
  const text = start.toString('latin1', 0, 64).replace(/\s/g, '');
  return expected.startsWith(text.slice(0, expected.length));
}

function parseHead(bytes: Buffer): Head {
  try {
    const text = bytes.toString('utf8').trim().replace(/,$/, '');
    const { snapshot } = JSON.parse(`${text}}`) as { snapshot: Head };
    const { meta, node_count: nodes, edge_count: edges } = snapshot;
    const isWhole =
      ['type', 'name', 'self_size', 'edge_count'].every((f) => meta.node_fields.includes(f)) &&
      ['type', 'name_or_index', 'to_node'].every((f) => meta.edge_fields.includes(f)) &&
      Array.isArray(meta.node_types[0]) &&
      Array.isArray(meta.edge_types[0]);
    if (isWhole && Number.isSafeInteger(nodes) && Number.isSafeInteger(edges)) return snapshot;
  } catch {
    // Told below.
  }
  throw noSnapshot();
}

function noSnapshot(detail = 'it does not begin as one'): DiagnosticsError {
  return new DiagnosticsError('INVALID_INPUT', `this is no heap snapshot of V8: ${detail}`);
}

interface Columns {
  takerOf(list: string): TakeNumber;
  /** One bit for each string that is a name. */
  names(): Uint8Array;
  finish(strings: StringTable): HeapGraph;
}

function createColumns({ meta, node_count, edge_count }: Head, memoryLimitBytes: number): Columns {
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

interface StringTable {
  keepOnly(bits: Uint8Array): void;
  /** @returns where the table ended, or the length of the chunk */
  push(chunk: Uint8Array, from: number): number;
  isDone(): boolean;
  text(index: number): string;
  indexOf(text: string): number;
}

/** Texts are decoded only where they are names. */
function createStringTable(): StringTable {
  let kept: Uint8Array = new Uint8Array(0);
  const texts = new Map<number, string>();
  const indexes = new Map<string, number>();
  let index = 0;
  let isInside = false;
  let isEscaped = false;
  let isDone = false;
  let bytes: number[] = [];
  let isKept = false;

  function begin(): void {
    isInside = true;
    isKept = ((kept[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    bytes = [];
  }

  function end(): void {
    isInside = false;
    if (isKept) {
      const text = decoded(bytes);
      texts.set(index, text);
      if (!indexes.has(text)) indexes.set(text, index);
    }
    index += 1;
  }

  return {
    keepOnly(bits) {
      kept = bits;
    },
    push(chunk, from) {
      for (let at = from; at < chunk.length; at++) {
        const byte = chunk[at]!;
        if (!isInside) {
          if (byte === QUOTE) begin();
          else if (byte === CLOSE) {
            isDone = true;
            return chunk.length;
          }
          continue;
        }
        if (!isEscaped && byte === QUOTE) {
          end();
          continue;
        }
        if (isKept && bytes.length < MAX_NAME_BYTES) bytes.push(byte);
        isEscaped = !isEscaped && byte === BACKSLASH;
      }
      return chunk.length;
    },
    isDone: () => isDone,
    text: (at) => texts.get(at) ?? '',
    indexOf: (text) => indexes.get(text) ?? -1,
  };
}

function decoded(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('\\')) return text;
  // A cut may have gone through an escape.
  for (const end of [text.length, text.lastIndexOf('\\')]) {
    try {
      return JSON.parse(`"${text.slice(0, end)}"`) as string;
    } catch {
      // Without its last escape, then.
    }
  }
  return '';
}
