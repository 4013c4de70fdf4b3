/** The JSON of `.cpuprofile` and `.heapprofile`, and what in a file that begins like one is not as it should be. */
import { DiagnosticsError } from '../../../base/errors.ts';

export interface CallFrame {
  functionName?: string;
  url?: string;
  lineNumber?: number;
  columnNumber?: number;
}

export interface CpuProfileNode {
  id: number;
  callFrame: CallFrame;
  hitCount?: number;
  children?: number[];
}

export interface CpuProfileJson {
  nodes: CpuProfileNode[];
  startTime: number;
  endTime: number;
  samples?: number[];
  timeDeltas?: number[];
}

export interface HeapNode {
  callFrame: CallFrame;
  selfSize: number;
  children?: HeapNode[];
}

export interface HeapProfileJson {
  head: HeapNode;
}

type Json = Readonly<Record<string, unknown>>;

/** What a value should be, for a sentence, and whether it is. */
interface Expected {
  words: string;
  holds: (value: unknown) => boolean;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
/** What is left out may also be written as null. */
const orAbsent = ({ words, holds }: Expected): Expected => ({
  words,
  holds: (value) => value === undefined || value === null || holds(value),
});

const A_NUMBER: Expected = { words: 'a number', holds: isNumber };
const AN_AMOUNT: Expected = {
  words: 'a number from 0 on',
  holds: (value) => isNumber(value) && (value as number) >= 0,
};
const A_TEXT: Expected = { words: 'a text', holds: (value) => typeof value === 'string' };
const AN_OBJECT: Expected = { words: 'an object', holds: isObject };
const A_LIST: Expected = { words: 'a list', holds: Array.isArray };
const NUMBERS: Expected = {
  words: 'a list of numbers',
  holds: (value) => Array.isArray(value) && value.every(isNumber),
};

/** Whether it begins like a `.cpuprofile`, whatever the rest is. */
export function looksLikeCpuProfile(value: object): boolean {
  const { nodes, startTime, endTime } = value as Json;
  return Array.isArray(nodes) && (startTime !== undefined || endTime !== undefined);
}

/** The same for a `.heapprofile`. */
export function looksLikeHeapProfile(value: object): boolean {
  const { head } = value as Json;
  return isObject(head) && ('callFrame' in (head as Json) || 'selfSize' in (head as Json));
}

/** @throws DiagnosticsError `INVALID_INPUT` that names the first part which is not as it should be */
export function checkedCpuProfile(value: object): CpuProfileJson {
  const expect = expectIn('.cpuprofile');
  const { nodes, startTime, endTime, samples, timeDeltas } = value as Json;
  expect(A_NUMBER, startTime, 'startTime');
  expect(A_NUMBER, endTime, 'endTime');
  expect(orAbsent(NUMBERS), samples, 'samples');
  expect(orAbsent(NUMBERS), timeDeltas, 'timeDeltas');
  for (const [at, node] of (nodes as unknown[]).entries()) {
    const name = `nodes[${at}]`;
    expect(AN_OBJECT, node, name);
    const { id, callFrame, hitCount, children } = node as Json;
    expect(A_NUMBER, id, `${name}.id`);
    expect(orAbsent(AN_AMOUNT), hitCount, `${name}.hitCount`);
    expect(orAbsent(NUMBERS), children, `${name}.children`);
    checkCallFrame(expect, callFrame, name);
  }
  return value as CpuProfileJson;
}

/** @throws DiagnosticsError `INVALID_INPUT` that names the first part which is not as it should be */
export function checkedHeapProfile(value: object): HeapProfileJson {
  const expect = expectIn('.heapprofile');
  // Not by calls: a tree may be deeper than the stack.
  const open: unknown[] = [(value as Json).head];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    expect(AN_OBJECT, node, 'one of the nodes');
    const { callFrame, selfSize, children } = node as Json;
    checkCallFrame(expect, callFrame, 'a node');
    const { functionName } = callFrame as CallFrame;
    const name = functionName ? `the node of ${functionName}` : 'a node';
    expect(AN_AMOUNT, selfSize, `selfSize of ${name}`);
    expect(orAbsent(A_LIST), children, `children of ${name}`);
    for (const child of (children ?? []) as unknown[]) {
      expect(AN_OBJECT, child, `a child of ${name}`);
      open.push(child);
    }
  }
  return value as HeapProfileJson;
}

type Expect = (expected: Expected, value: unknown, name: string) => void;

function expectIn(kind: string): Expect {
  return ({ words, holds }, value, name) => {
    if (holds(value)) return;
    throw new DiagnosticsError(
      'INVALID_INPUT',
      `this looks like a ${kind}, but is damaged: ${name} is not ${words}`,
    );
  };
}

function checkCallFrame(expect: Expect, callFrame: unknown, name: string): void {
  expect(AN_OBJECT, callFrame, `callFrame of ${name}`);
  const { functionName, url, lineNumber, columnNumber } = callFrame as Json;
  expect(orAbsent(A_TEXT), functionName, `functionName of ${name}`);
  expect(orAbsent(A_TEXT), url, `url of ${name}`);
  expect(orAbsent(A_NUMBER), lineNumber, `lineNumber of ${name}`);
  expect(orAbsent(A_NUMBER), columnNumber, `columnNumber of ${name}`);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
