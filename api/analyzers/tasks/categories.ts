/** Why a task exists: its request first, then rules, and an honest UNKNOWN. */

import type { Category, CategoryRule } from '../../base/category-rule.ts';
import type { Frame } from '../../profile/profile.ts';
import type { Task } from './types.ts';

export interface Verdict {
  category: Category;
  reason: string;
}

/**
 * What Node itself keeps for as long as a server or a program runs. Applied after the user's rules
 * and only to tasks without a request.
 */
export const NODE_CATEGORY_RULES: readonly CategoryRule[] = [
  {
    category: 'BACKGROUND',
    state: /^listen$/,
    because: 'it listens for connections until it is closed',
  },
  {
    category: 'BACKGROUND',
    function: /^TCPWRAP$/,
    file: /^$/,
    because: 'it is an accepted connection, whose requests are tasks of their own',
  },
  {
    category: 'BACKGROUND',
    function: /setStreamTimeout/,
    file: /^node:/,
    because: 'it is the idle timeout of a connection',
  },
  {
    category: 'BACKGROUND',
    function: /^setUnrefTimeout$/,
    file: /^node:/,
    because: 'it is a timer that Node set for itself',
  },
  {
    category: 'BACKGROUND',
    function: /^setInterval$/,
    file: /^node:/,
    because: 'an interval repeats until it is cleared',
  },
  {
    category: 'BACKGROUND',
    state: /^(?:file watch|signal|worker|terminal)$/,
    because: 'it waits for events until it is closed',
  },
  {
    category: 'BACKGROUND',
    state: /^untracked$/,
    function: /(?:ServerWrap|TTYWrap|SignalWrap|FSEventWrap|StatWatcher)$/,
    because: 'a handle of this type waits for events until it is closed',
  },
];

/** By number or by name: it would mean another group where patterns are joined. */
const BACK_REFERENCE = /\\[1-9k]|\(\?<[^=!]/;

const OF_A_REQUEST: Verdict = {
  category: 'PER_REQUEST',
  reason: 'created while serving an incoming request',
};
const UNDECIDED: Verdict = {
  category: 'UNKNOWN',
  reason: 'created outside any request, and no rule matches',
};

/**
 * Decides the categories of tasks. Equal state, stack and presence of a request give equal verdicts;
 * every rule looks at a frame once, however many stacks have it.
 */
export function createCategorizer(rules: readonly CategoryRule[]): (task: Task) => Verdict {
  const verdicts = rules.map(
    (rule): Verdict => ({
      category: rule.category,
      reason: rule.because ?? `a rule matches: ${patterns(rule)}`,
    }),
  );
  const byState = new Map<string, FirstRule>();
  return ({ request, state, frames }) => {
    if (request !== null) return OF_A_REQUEST;
    let firstRule = byState.get(state);
    if (firstRule === undefined) {
      firstRule = createFirstRule(rules, state);
      byState.set(state, firstRule);
    }
    return verdicts[firstRule(frames)] ?? UNDECIDED;
  };
}

/** Index of the first rule that matches a stack; the number of rules where none does. */
type FirstRule = (frames: readonly Frame[]) => number;

/** Among the rules that a task in this state can match. */
function createFirstRule(rules: readonly CategoryRule[], state: string): FirstRule {
  const isOpen = rules.map((rule) => rule.state === undefined || test(rule.state, state));
  const byStateAlone = rules.findIndex((rule, index) => isOpen[index] && isForState(rule));
  const end = byStateAlone < 0 ? rules.length : byStateAlone;
  const asked = [...rules.entries()].filter(
    ([index, rule]) => index < end && isOpen[index] && looksAtFrames(rule),
  );
  const mayMatch = anyFunctionOf(asked.map(([, rule]) => rule));
  const known = new Map<Frame, number>();
  const firstOfFrame = (frame: Frame): number => {
    let first = known.get(frame);
    if (first === undefined) {
      const isAsked = mayMatch === null || mayMatch.test(frame.function);
      const found = isAsked ? asked.find(([, rule]) => matchesFrame(rule, frame)) : undefined;
      first = found?.[0] ?? end;
      known.set(frame, first);
    }
    return first;
  };
  return (frames) => {
    let first = end;
    for (const frame of frames) first = Math.min(first, firstOfFrame(frame));
    return first;
  };
}

/** One pattern for functions that any of the rules may match, since most match none; null where theirs cannot be joined. */
function anyFunctionOf(rules: readonly CategoryRule[]): RegExp | null {
  const patterns = rules.map((rule) => rule.function);
  const areJoined = patterns.every(
    (pattern) => pattern?.flags === '' && !BACK_REFERENCE.test(pattern.source),
  );
  if (!areJoined || patterns.length === 0) return null;
  return new RegExp(patterns.map((pattern) => `(?:${pattern!.source})`).join('|'));
}

function looksAtFrames(rule: CategoryRule): boolean {
  return rule.function !== undefined || rule.file !== undefined;
}

function isForState(rule: CategoryRule): boolean {
  return rule.state !== undefined && !looksAtFrames(rule);
}

function matchesFrame(rule: CategoryRule, frame: Frame): boolean {
  return (
    (rule.function === undefined || test(rule.function, frame.function)) &&
    (rule.file === undefined || test(rule.file, frame.file))
  );
}

/** A pattern with the `g` flag goes on from where its last match ended. */
function test(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

function patterns({ state, function: name, file }: CategoryRule): string {
  return [state, name, file].filter((pattern) => pattern !== undefined).join(' ');
}
