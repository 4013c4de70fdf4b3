/** Why a task exists: its request first, then rules, and an honest UNKNOWN. */
import type { Frame } from '../profile/profile.ts';
import type { Category, CategoryRule, Task } from './async-groups.ts';

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

/** Decides the category of a task. Equal state, stack and presence of a request give equal verdicts. */
export function categorize(task: Task, rules: readonly CategoryRule[]): Verdict {
  if (task.request !== null) {
    return { category: 'PER_REQUEST', reason: 'created while serving an incoming request' };
  }
  const rule = rules.find((candidate) => matches(candidate, task));
  if (rule === undefined) {
    return { category: 'UNKNOWN', reason: 'created outside any request, and no rule matches' };
  }
  return { category: rule.category, reason: rule.because ?? `a rule matches: ${patterns(rule)}` };
}

function matches(rule: CategoryRule, { state, frames }: Task): boolean {
  if (rule.state !== undefined && !test(rule.state, state)) return false;
  if (rule.function === undefined && rule.file === undefined) return rule.state !== undefined;
  return frames.some((frame) => matchesFrame(rule, frame));
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
