/**
 * Reads a heap snapshot as it comes, chunk by chunk, into columns. It is never there as a whole: as text it
 * is several times as large as the heap, and longer than V8 lets a string be.
 *
 *   {"snapshot":{"meta":{…},"node_count":…,"edge_count":…},"nodes":[…],"edges":[…],…,"strings":[…]}
 */
import { type Columns, createColumns, ignore, type TakeNumber } from './columns.ts';
import type { HeapGraph } from './graph.ts';
import { looksLikeSnapshot, noSnapshot, parseHead } from './head.ts';
import { createStringTable } from './string-table.ts';

export interface SnapshotReader {
  /** @throws DiagnosticsError as `createSnapshotReader` says */
  push(chunk: Uint8Array): void;
  /** @throws DiagnosticsError `INVALID_INPUT` where the snapshot is cut off, or is none */
  finish(): HeapGraph;
}

/** A description is some 2 kB. */
const MAX_HEAD_BYTES = 1024 ** 2;

const [OPEN, CLOSE, ZERO, NINE] = [0x5b, 0x5d, 0x30, 0x39];

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
