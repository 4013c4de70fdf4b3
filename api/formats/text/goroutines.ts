/** Groups of live tasks as the text of Go's `goroutine?debug=1`. */
import type { TaskGroup } from '../../analyzers/tasks/types.ts';
import { goroutineLabels, largestFirst } from '../pprof/goroutines.ts';
import { createStackPrinter, type StackText } from './stack.ts';

/**
 * The largest groups first.
 *
 *     goroutine profile: total 12
 *     12 @ 0x10 0x20
 *     # labels: {"category":"per-request", "route":"GET /a", "state":"await"}
 *     #	0x10	load+0x0	/app/load.js:7
 *     #	0x20	handle+0x0	/app/server.js:30
 */
export function goroutineText(groups: readonly TaskGroup[]): string {
  const print = createStackPrinter();
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const blocks = largestFirst(groups).map((group) => groupBlock(group, print(group.frames)));
  return [`goroutine profile: total ${total}\n`, ...blocks].join('');
}

function groupBlock(group: TaskGroup, { addresses, lines }: StackText): string {
  const labels = Object.entries(goroutineLabels(group)).map(
    ([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`,
  );
  return [`${group.count} ${addresses}`, `# labels: {${labels.join(', ')}}`, ...lines, '', ''].join(
    '\n',
  );
}
