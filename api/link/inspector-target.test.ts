import { describe, expect, it } from 'vitest';
import type { StackFrame } from '../probe/readings/tasks.ts';
import { withoutOurTop } from './inspector-target.ts';

const OURS = new URL('./inspector-target.ts', import.meta.url).href;
const PUMP = frame('pump', '/app/pump.js');
const TICKS = frame('processTicksAndRejections', 'node:internal/process/task_queues');
const HOOK = frame('onPromise', OURS);
const INSPECT = frame('inspect', 'node:internal/util/inspect');
const ALL_HOOKS = frame('initAll', 'node:internal/promise_hooks');

function frame(name: string, file: string): StackFrame {
  return { function: name, file, line: 1, column: 1, isAsync: false };
}

describe('what is told of a look', () => {
  it.each<[string, StackFrame[], StackFrame[]]>([
    ['without us', [frame('sort', ''), PUMP, TICKS], [frame('sort', ''), PUMP, TICKS]],
    ['into Node for the program', [INSPECT, PUMP, TICKS], [INSPECT, PUMP, TICKS]],
    ['into a hook of ours', [HOOK, ALL_HOOKS, PUMP, TICKS], [PUMP, TICKS]],
    ['into the caller of our hooks', [ALL_HOOKS, PUMP, TICKS], [PUMP, TICKS]],
    ['into V8, called by us', [frame('filter', ''), HOOK, PUMP, TICKS], [PUMP, TICKS]],
    [
      'into Node, called by us',
      [frame('join', ''), INSPECT, frame('isPending', OURS), HOOK, ALL_HOOKS, PUMP, TICKS],
      [PUMP, TICKS],
    ],
    [
      'into the program, called by us',
      [frame('toString', '/app/text.js'), INSPECT, HOOK, PUMP],
      [frame('toString', '/app/text.js'), INSPECT, HOOK, PUMP],
    ],
    ['into us alone', [INSPECT, HOOK], []],
  ])('%s', (_where, frames, told) => {
    expect(withoutOurTop(frames)).toEqual(told);
  });
});
