import { durationText } from '../../../api/base/text/duration.ts';
import type { Goroutines } from '../../methods/target-methods.ts';
import { countText, stackText } from '../text.ts';
import { defineTool, rows } from './tool.ts';

type Group = Goroutines['groups'][number];

export const tasks = defineTool({
  name: 'tasks',
  description:
    'What the program waits for: pending promises, timers, sockets and requests to the system, grouped by where they wait (or were created), the stuck ones first. Goroutines where the target is Go.',
  properties: {
    limit: rows(50, 15),
    stuckOnly: {
      type: 'boolean',
      default: false,
      description: 'Only groups with tasks that are potentially stuck.',
    },
    exact: {
      type: 'boolean',
      default: false,
      description:
        'Count every pending promise instead of a sample. That stops the program for a moment, and is refused where the pause budget does not allow it.',
    },
  },
  isReadOnly: true,
  async answer(target, { limit, stuckOnly, exact }, signal) {
    const { totalGoroutines, summary, groups, isExact } = await target.goroutines({
      exact,
      signal,
    });
    const chosen = stuckOnly
      ? groups.filter(({ potentiallyStuck }) => potentiallyStuck > 0)
      : groups;
    const how = isExact ? 'every promise read' : 'promises by sampling';
    return [
      `${countText(totalGoroutines, 'task')} in ${countText(groups.length, 'group')} (${how}): ${summary.potentiallyStuck} potentially stuck, ${summary.longWaiting} waiting for a minute or more, ${summary.perRequest} of requests, ${summary.background} in the background.`,
      ...chosen.slice(0, limit).map(lineOf),
      ...(chosen.length > limit ? [`${countText(chosen.length - limit, 'more group')}.`] : []),
    ];
  },
});

function lineOf(group: Group): string {
  const { count, state, oldestWaitMs, potentiallyStuck, stuckReason, stackKind, routes } = group;
  const waits = oldestWaitMs === null ? '' : `, oldest ${durationText(oldestWaitMs)}`;
  const stuck = potentiallyStuck === 0 ? '' : `, ${potentiallyStuck} STUCK: ${stuckReason ?? ''}`;
  const where = stackKind === 'WAITS' ? 'waits in' : 'created in';
  const [route] = routes;
  const of = route === undefined ? '' : `, for ${route.route} (${route.count})`;
  return `${count} × ${state}${waits}${of}${stuck}; ${where} ${stackText(group.frames)}`;
}
