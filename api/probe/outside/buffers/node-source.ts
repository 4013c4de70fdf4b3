/** Lines of the source of Node's own modules, as Node shows them. */
import { ownProcess } from '../../../base/builtins.ts';

export interface NodeLine {
  /** For example `node:buffer`. */
  filename: string;
  /** 1-based. */
  line: number;
  text: string;
}

type Binding = (name: 'natives') => Record<string, string | undefined>;

const { apply } = Reflect;
const { execArgv, env, binding } = ownProcess as NodeJS.Process & { binding?: Binding };
const PREFIX = 'node:';
const ERRORS = 'internal/errors';
/** Checks of arguments throw from here: `hideStackFrames(fn)`, whose function takes itself out of the stack. */
const RETHROWS = /\bfunction hideStackFrames\(fn\) \{[\s\S]*?\n( *throw error;)\n/;

/** Null where it is not known. */
export function nodeLine(filename: string, line: number): NodeLine | null {
  const text = sourceOf(filename.slice(PREFIX.length))?.split('\n')[line - 1];
  return text === undefined ? null : { filename, line, text };
}

/** The line that throws on what a check of arguments has thrown. */
export function nodeRethrow(): NodeLine | null {
  const source = sourceOf(ERRORS);
  const found = source === null ? null : RETHROWS.exec(source);
  if (found === null) return null;
  const line = source!.slice(0, found.index + found[0].length - 1).split('\n').length;
  return { filename: PREFIX + ERRORS, line, text: found[1]! };
}

/** Some 0.3 ms: asked for once for each place that throws. Null where the program may not see it. */
function sourceOf(name: string): string | null {
  try {
    if (binding === undefined || wouldWarn()) return null;
    return apply(binding, ownProcess, ['natives'])[name] ?? null;
  } catch {
    return null;
  }
}

/** With this option Node writes to stderr that somebody uses it. */
function wouldWarn(): boolean {
  const options = [...execArgv, env.NODE_OPTIONS ?? ''];
  const isAsked = options.some((option) => option.includes('--pending-deprecation'));
  return isAsked || env.NODE_PENDING_DEPRECATION === '1';
}
