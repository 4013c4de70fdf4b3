/**
 * Call stacks at the price of a hot path: captured unformatted, formatted later and once,
 * and equal ones kept as one object.
 */
import { isOwnFile } from '../../base/files/own-files.ts';
import type { StackFrame } from '../readings/tasks.ts';

/** A formatted stack, top frame first. Equal stacks are the same object while the store remembers them. */
export interface CapturedStack {
  readonly frames: readonly StackFrame[];
  /** Function and file of each frame; a built-in's, which has no file, with those of its caller. */
  readonly callKeys: readonly string[];
  /** Some frame is pprofql's own. */
  readonly isOwn: boolean;
}

/** What holds an unformatted stack. It keeps the functions of its frames alive. */
export type StackHolder = { stack?: unknown };

export interface StackStore {
  /** Captures the stack above `below`, without formatting it. */
  capture(below: (...args: never[]) => unknown): StackHolder;
  format(holder: StackHolder): CapturedStack;
}

/** The hook's own callers inside Node, which come off the top before anything is shown. */
const HOOK_FRAMES = /^(?:\w+\.)?(?:emitInit\w*|promiseInitHook\w*|initAsyncResource) /;
const HOOK_FRAMES_MAX = 3;

/** Distinct stacks that are remembered before the store starts over. */
const REMEMBERED_STACKS = 5_000;

const EMPTY: CapturedStack = { frames: [], callKeys: [], isOwn: false };

type ErrorSettings = { stackTraceLimit?: unknown; prepareStackTrace?: unknown };

/** @param depth Frames kept of each stack. */
export function createStackStore(depth: number): StackStore {
  const remembered = new Map<string, CapturedStack>();
  const limit = depth + HOOK_FRAMES_MAX;

  return {
    capture(below) {
      const holder: StackHolder = {};
      const settings = Error as ErrorSettings;
      const previous = settings.stackTraceLimit;
      try {
        settings.stackTraceLimit = limit;
        Error.captureStackTrace(holder, below);
      } catch {
        // A host may have frozen Error: the stack is then as deep as the host allows, or missing.
      } finally {
        restore('stackTraceLimit', previous);
      }
      return holder;
    },

    format(holder) {
      const lines = formatLines(holder);
      while (lines.length > 0 && HOOK_FRAMES.test(lines[0] as string)) lines.shift();
      if (lines.length === 0) return EMPTY;
      const text = lines.slice(0, depth).join('\n');
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const frames = lines.slice(0, depth).map(parseFrame);
      const stack = {
        frames,
        callKeys: frames.map(callKey),
        isOwn: frames.some((frame) => isOwnFile(frame.file)),
      };
      if (remembered.size >= REMEMBERED_STACKS) remembered.clear();
      remembered.set(text, stack);
      return stack;
    },
  };
}

function callKey(frame: StackFrame, index: number, frames: readonly StackFrame[]): string {
  const key = `${frame.function} ${frame.file}`;
  const caller = frames[index + 1];
  if (frame.file !== '' || caller === undefined) return key;
  return `${key}:${caller.function} ${caller.file}:${caller.line}`;
}

function restore(name: keyof ErrorSettings, value: unknown): void {
  try {
    const settings = Error as ErrorSettings;
    if (value === undefined) delete settings[name];
    else settings[name] = value;
  } catch {
    // Frozen: then it was not changed either.
  }
}

/** One line a frame, as V8 prints it without `at`. Bypasses a host's own formatter, which may be slow. */
function formatLines(holder: StackHolder): string[] {
  const settings = Error as ErrorSettings;
  const previous = settings.prepareStackTrace;
  try {
    settings.prepareStackTrace = (_error: unknown, callSites: NodeJS.CallSite[]) =>
      callSites.map(String);
    const stack = holder.stack;
    if (Array.isArray(stack)) return stack;
    return typeof stack === 'string' ? linesOfText(stack) : [];
  } catch {
    return [];
  } finally {
    restore('prepareStackTrace', previous);
  }
}

function linesOfText(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.slice('    at '.length));
}

const LOCATION = /^(.*?):(\d+)(?::(\d+))?$/s;

/**
 * For example `async Pool.acquire (file:///app/pool.js:44:9)` gives
 * `{ function: 'Pool.acquire', file: 'file:///app/pool.js', line: 44, column: 9, isAsync: true }`.
 * @internal
 */
export function parseFrame(line: string): StackFrame {
  const isAsync = line.startsWith('async ');
  const text = isAsync ? line.slice('async '.length) : line;
  const open = text.endsWith(')') ? text.indexOf(' (') : -1;
  const name = open < 0 ? '(anonymous)' : text.slice(0, open);
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
