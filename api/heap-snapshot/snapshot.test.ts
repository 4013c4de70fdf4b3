import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeapGraph } from './graph/graph.ts';
import { createSnapshotReader } from './graph/reader.ts';
import { findHolders } from './holders/holders.ts';
import { holderSentence } from './holders/telling/sentence.ts';

const PROGRAM = join(import.meta.dirname, '../../scripts/fixtures/leaks/program.mjs');
const LIMIT_BYTES = 256 * 1024 ** 2;

type Sample = [owner: string, size: number, count: number];

let folder: string;
let bytes: Buffer;
let graph: HeapGraph;
let samples: Sample[];

function read(snapshot: Buffer, chunkBytes = 65_536, memoryLimitBytes = LIMIT_BYTES): HeapGraph {
  const reader = createSnapshotReader({ memoryLimitBytes });
  for (let at = 0; at < snapshot.length; at += chunkBytes) {
    reader.push(snapshot.subarray(at, at + chunkBytes));
  }
  return reader.finish();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pprofql-test-'));
  const file = join(folder, 'leaks.heapsnapshot');
  execFileSync(process.execPath, [PROGRAM, file], { timeout: 60_000 });
  bytes = readFileSync(file);
  samples = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  graph = read(bytes);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a snapshot that was really taken', () => {
  const holders: [leak: string, sentence: RegExp][] = [
    ['remember', /^`sessions` Map in program\.mjs, 2,000 entries, (9\d|100) %$/],
    ['record', /^`journal` Array in program\.mjs, 2,000 entries, (9\d|100) %$/],
    ['keepUndo', /^`undo` Array in program\.mjs, 2,000 entries, (9\d|100) %$/],
    [
      'subscribe',
      /^listeners of `settings` EventEmitter 'change' in program\.mjs, 2,000 entries, (9\d|100) %$/,
    ],
    ['remindLater', /^timers that call remind in program\.mjs:78, (9\d|100) %$/],
    [
      'register',
      /^`cache` Object of `Registry` function in program\.mjs:\d+, 2,000 entries, (9\d|100) %$/,
    ],
  ];

  it.each(holders)('names what holds the objects of %s', (leak, sentence) => {
    const {
      paths,
      found,
      samples: known,
    } = findHolders(graph, {
      sizes: sizesOf(([owner]) => owner === leak),
      functions: [{ function: leak, file: '', line: 0 }],
      others: [{ sizes: sizesOf(([owner]) => owner !== leak), functions: [] }],
    });
    expect(holderSentence(paths[0]!, basename)).toMatch(sentence);
    expect(found).toBeGreaterThan(known * 0.9);
  });
});

function sizesOf(isMeant: (sample: Sample) => boolean): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const [, size, count] of samples.filter(isMeant)) {
    sizes.set(size, (sizes.get(size) ?? 0) + count);
  }
  return sizes;
}

describe('the reader', () => {
  it('gives the same, whatever the pieces that a snapshot comes in', () => {
    const whole = read(bytes, bytes.length);
    const pieces = read(bytes, 4_093);
    expect(Buffer.from(pieces.edgeTo.buffer).equals(Buffer.from(whole.edgeTo.buffer))).toBe(true);
    expect(pieces.indexOf('sessions')).toBe(whole.indexOf('sessions'));
  });

  it('keeps names and no values', () => {
    expect(bytes.includes('secret-17')).toBe(true);
    const texts = Array.from(graph.nodeName, (name) => graph.text(name));
    expect(texts.some((text) => text.includes('customer-secret'))).toBe(false);
    expect(graph.indexOf('sessions')).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['is cut off', () => bytes.subarray(0, bytes.length / 2), 'INVALID_INPUT', /cut off/],
    ['is something else', () => Buffer.from('{"nodes":[1]}'), 'INVALID_INPUT', /no heap snapshot/],
    ['is empty', () => Buffer.alloc(0), 'INVALID_INPUT', /cut off/],
  ])('refuses what %s', (_what, input, code, message) => {
    expect(() => read(input())).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('refuses a heap that is too large before it takes the memory for it', () => {
    expect(() => read(bytes, 65_536, 1_000_000)).toThrow(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        message: expect.stringMatching(/heapSnapshotMemoryBytes/),
      }),
    );
  });
});
