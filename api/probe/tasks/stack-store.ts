/**
 * Call stacks at the price of a hot path: taken unformatted, formatted later and once,
 * and equal ones kept as one object.
 */
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import type { StackFrame } from '../readings/tasks.ts';

/** A formatted stack, top frame first. Equal stacks are the same object while the store remembers them. */
export interface TakenStack {
  readonly frames: readonly StackFrame[];
  /** Function and file of each frame; a built-in's, which has no file, with those of its caller. */
  readonly callKeys: readonly string[];
  /** Some frame is pprofql's own. */
  readonly isOwn: boolean;
  /** Some frame is neither Node's nor V8's. */
  readonly hasProgramFrame: boolean;
  /** The program's frame right below those of Node, with its place: which call of Node's API it was. Null for none. */
  readonly callOfNode: string | null;
}

/** What holds an unformatted stack. It keeps the functions of its frames alive. */
export type StackHolder = { stack?: unknown };

export interface StackStore {
  /** Takes the stack above `below`, without formatting it. */
  take(below: (...args: never[]) => unknown): StackHolder;
  format(holder: StackHolder): TakenStack;
  /** Twice as deep: where Node itself makes something, many frames are Node's. */
  takeDeep(below: (...args: never[]) => unknown): StackHolder;
  formatDeep(holder: StackHolder): TakenStack;
  /** The same of a stack whose frames were reached through `await`s alone count: who waits. */
  takeAwaits(below: (...args: never[]) => unknown): StackHolder;
  formatAwaits(holder: StackHolder): TakenStack;
}

/** The hook's own callers inside Node, which come off the top before anything is shown. */
const HOOK_FRAMES = /^(?:\w+\.)?(?:emitInit\w*|promiseInitHook\w*|initAsyncResource|initAll) /;
const HOOK_FRAMES_MAX = 3;
/** What runs microtasks stands below them. */
const MICROTASK_FRAMES_MAX = 3;
/** How much deeper deep stacks are, and chains of callers that wait, which go on over many turns of the loop. */
const DEEP_FACTOR = 2;
const ASYNC = 'async ';
/** Which of the promises of a `Promise.all` it is makes no different wait. */
const COMBINATOR_INDEX = / \(index \d+\)$/;

/** Distinct stacks that are remembered before the store starts over. */
const REMEMBERED_STACKS = 5_000;

export const EMPTY_STACK: TakenStack = {
  frames: [],
  callKeys: [],
  isOwn: false,
  hasProgramFrame: false,
  callOfNode: null,
};

/** The program may put others in their place, or freeze them. V8 reads the limit from its own `Error`. */
const OwnError: { stackTraceLimit?: unknown; prepareStackTrace?: unknown } = Error;
const { captureStackTrace } = Error;
/** Node's own, as long as pprofql is loaded before the program. */
const { prepareStackTrace: initialFormatter } = OwnError;

/** @param depth Frames kept of each stack. */
export function createStackStore(depth: number): StackStore {
  const remembered = new Map<string, TakenStack>();
  const deep = DEEP_FACTOR * depth;

  function remember(lines: readonly string[]): TakenStack {
    if (lines.length === 0) return EMPTY_STACK;
    const text = lines.join('\n');
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const frames = lines.map(parseFrame);
    const programAt = frames.findIndex(({ file }) => !isRuntimeFile(file));
    const isFromNode = frames.slice(0, programAt).some(({ file }) => file !== '');
    const stack = {
      frames,
      callKeys: frames.map(callKey),
      isOwn: frames.some((frame) => isOwnFile(frame.file)),
      hasProgramFrame: programAt >= 0,
      callOfNode: programAt > 0 && isFromNode ? lines[programAt]! : null,
    };
    if (remembered.size >= REMEMBERED_STACKS) remembered.clear();
    remembered.set(text, stack);
    return stack;
  }

  return {
    take: (below) => takeFrames(depth + HOOK_FRAMES_MAX, below),
    format: (holder) => remember(belowHook(holder).slice(0, depth)),
    takeDeep: (below) => takeFrames(deep + HOOK_FRAMES_MAX, below),
    formatDeep: (holder) => remember(belowHook(holder).slice(0, deep)),
    takeAwaits: (below) => takeFrames(deep + MICROTASK_FRAMES_MAX, below),

    formatAwaits(holder) {
      const lines = formatLines(holder)
        .filter((line) => line.startsWith(ASYNC))
        .map((line) => line.replace(COMBINATOR_INDEX, ' (<anonymous>)'));
      return remember(lines.slice(0, deep));
    },
  };
}

function belowHook(holder: StackHolder): string[] {
  const lines = formatLines(holder);
  while (lines.length > 0 && HOOK_FRAMES.test(lines[0] as string)) lines.shift();
  return lines;
}

function takeFrames(limit: number, below: (...args: never[]) => unknown): StackHolder {
  const holder: StackHolder = {};
  const previous = OwnError.stackTraceLimit;
  try {
    OwnError.stackTraceLimit = limit;
    captureStackTrace(holder, below);
  } catch {
    // A host may have frozen Error: the stack is then as deep as the host allows, or missing.
    takeUnchanged(holder, below);
  } finally {
    restore('stackTraceLimit', previous);
  }
  return holder;
}

function takeUnchanged(holder: StackHolder, below: (...args: never[]) => unknown): void {
  try {
    captureStackTrace(holder, below);
  } catch {
    // Then there is none.
  }
}

function callKey(frame: StackFrame, index: number, frames: readonly StackFrame[]): string {
  const key = `${frame.function} ${frame.file}`;
  const caller = frames[index + 1];
  if (frame.file !== '' || caller === undefined) return key;
  return `${key}:${caller.function} ${caller.file}:${caller.line}`;
}

function restore(name: keyof typeof OwnError, value: unknown): void {
  try {
    if (value === undefined) delete OwnError[name];
    else OwnError[name] = value;
  } catch {
    // Frozen: then it was not changed either.
  }
}

/** One line a frame, as V8 prints it without `at`. Bypasses a host's own formatter, which may be slow. */
function formatLines(holder: StackHolder): string[] {
  const previous = OwnError.prepareStackTrace;
  try {
    OwnError.prepareStackTrace = toLines;
  } catch {
    return hasForeignFormatter() ? [] : linesOf(holder);
  }
  try {
    return hasForeignFormatter() ? [] : linesOf(holder);
  } finally {
    restore('prepareStackTrace', previous);
  }
}

const toLines = (_error: unknown, callSites: NodeJS.CallSite[]) => callSites.map(String);

/** Whether Node would ask the program how stacks look, such as an `Error` that was put in place of V8's. */
function hasForeignFormatter(): boolean {
  try {
    const { prepareStackTrace } = globalThis.Error as typeof OwnError;
    if (typeof prepareStackTrace !== 'function') return false;
    return prepareStackTrace !== toLines && prepareStackTrace !== initialFormatter;
  } catch {
    return true;
  }
}

function linesOf(holder: StackHolder): string[] {
  try {
    const { stack } = holder;
    if (Array.isArray(stack)) return stack;
    return typeof stack === 'string' ? linesOfText(stack) : [];
  } catch {
    return [];
  }
}

function linesOfText(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.slice('    at '.length));
}

const LOCATION = /^(.*?):(\d+)(?::(\d+))?$/s;

/** The property that a method was called by, as in `Immediate.poll [as _onImmediate]`. */
const ALIAS = / \[as [^\]]*\]$/;

/**
 * For example `async Pool.acquire (file:///app/pool.js:44:9)` gives
 * `{ function: 'Pool.acquire', file: 'file:///app/pool.js', line: 44, column: 9, isAsync: true }`.
 */
export function parseFrame(line: string): StackFrame {
  const isAsync = line.startsWith(ASYNC);
  const text = isAsync ? line.slice(ASYNC.length) : line;
  const open = text.endsWith(')') ? text.indexOf(' (') : -1;
  const name = open < 0 ? '(anonymous)' : text.slice(0, open).replace(ALIAS, '');
  const place = placeOf(open < 0 ? text : text.slice(open + 2, -1));
  const [, file, lineNumber, column] = LOCATION.exec(place) ?? [];
  return {
    function: name,
    file: file ?? '',
    line: Number(lineNumber ?? 0),
    column: Number(column ?? 0),
    isAsync,
  };
}

const EVALUATED_AT = /\((?!eval at )([^()]+:\d+:\d+)\)/;

/**
 * Code that was evaluated without a name is shown where that was done: `eval at run (/app/a.js:3:9),
 * <anonymous>:7:23` gives `/app/a.js:3:9`. With a name (`sourceURL`), V8 tells that alone.
 */
function placeOf(text: string): string {
  if (!text.startsWith('eval at ')) return text;
  return EVALUATED_AT.exec(text)?.[1] ?? text;
}
