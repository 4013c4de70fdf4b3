/** What a look at a stalled thread finds. */
import type { Sight } from '../../../link/inspector.ts';
import type { StackFrame } from '../../../probe/readings/tasks.ts';

export function frame(name: string, file = 'file:///app/report.js'): StackFrame {
  return { function: name, file, line: 7, column: 1, isAsync: false };
}

export function sight(over: Partial<Sight> = {}): Sight {
  const frames = [frame('render')];
  return { frames, isOwnWork: false, mayHaveDebugger: false, isPausedByDebugger: false, ...over };
}
