/** A group of live tasks that a test names only by what matters to it. */
import type { TaskGroup } from '../../analyzers/tasks/types.ts';
import type { Frame } from '../../profile/profile.ts';

/** Top frame first: `load@/app/load.js:7`. */
export function framesOf(...places: string[]): Frame[] {
  return places.map((place) => {
    const [, name = '', file = '', line = '0'] = /^(.*)@(.*):(\d+)$/.exec(place) ?? [];
    return { function: name, file, line: Number(line) };
  });
}

export function taskGroup(
  group: Partial<TaskGroup> = {},
): TaskGroup & { id: string; stackId: string } {
  const frames = group.frames ?? framesOf('load@/app/load.js:7', 'handle@/app/server.js:30');
  return {
    id: 'group',
    stackId: 'stack',
    count: 1,
    sampled: 1,
    state: 'await',
    oldestWaitMs: 0,
    medianWaitMs: 0,
    newestWaitMs: 0,
    topFrame: frames[0] ?? null,
    culprit: frames[0] ?? null,
    frames,
    stackKind: 'WAITS',
    category: 'UNKNOWN',
    categoryReason: 'no rule',
    routes: [],
    oldestRequestMs: null,
    outlivedRequest: 0,
    refed: null,
    stuckCount: 0,
    stuckReason: null,
    longWaitingCount: 0,
    ...group,
  };
}
