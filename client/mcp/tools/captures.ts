import { bytesText } from '../../../api/base/text/bytes.ts';
import type { Capture } from '../../methods/captures.ts';
import type { Diff } from '../../methods/diff.ts';
import { countText, msText, stackText } from '../text.ts';
import { defineTool, rows } from './tool.ts';

export const captures = defineTool({
  name: 'captures',
  description: 'The moments that were kept with `capture`, oldest first, to be compared.',
  properties: {},
  isReadOnly: true,
  async answer(target, _args, signal) {
    const kept = await target.captures({ signal });
    return kept.length === 0 ? ['Nothing is captured.'] : kept.map(captureLine);
  },
});

export const capture = defineTool({
  name: 'capture',
  description:
    'Keeps memory by stack, tasks and figures of this moment under a name, to be compared later. Reads the heap, and waits up to a minute until the pause budget allows that.',
  properties: {
    name: {
      type: 'string',
      isRequired: true,
      description: 'What to keep it under, such as `before the load`; the same name is replaced.',
    },
  },
  isReadOnly: false,
  answer: async (target, { name }, signal) => [captureLine(await target.capture(name, { signal }))],
});

export const compare = defineTool({
  name: 'compare',
  description:
    'What grew, is new or went between a capture and another, or now: memory by stack, and tasks. How to find a leak: capture, let the program work, compare.',
  properties: {
    base: { type: 'string', isRequired: true, description: 'Name of the earlier capture.' },
    to: { type: 'string', description: 'Name of the later capture; now, unless told.' },
    limit: rows(50, 10),
  },
  isReadOnly: true,
  async answer(target, { base, to, limit }, signal) {
    return diffLines(await target.diff({ base, to, limit, signal }));
  },
});

function captureLine({ name, tasksReadAt, memory, totalGoroutines }: Capture): string {
  const heap = memory.alloc === null ? 'unknown' : bytesText(memory.alloc);
  return `${name ?? 'now'}: ${tasksReadAt}, heap ${heap}, ${countText(totalGoroutines, 'task')}`;
}

function diffLines({ figures, allocations, tasks }: Diff): string[] {
  const heap = figures.alloc === null ? '' : `, heap ${signed(figures.alloc, bytesText)}`;
  return [
    `In ${msText(figures.elapsedMs)}: tasks ${signed(tasks.countDelta, String)}${heap}.`,
    ...(allocations === null
      ? ['Memory by stack is not known.']
      : [
          `Memory by stack: ${signed(allocations.bytesDelta, bytesText)}. What grew:`,
          ...allocations.grown.map(
            ({ bytesDelta, marginBytes, frames }) =>
              `${signed(bytesDelta, bytesText)}${marginBytes === null ? '' : ` ±${bytesText(marginBytes)}`}: ${stackText(frames)}`,
          ),
        ]),
    'Tasks that grew:',
    ...tasks.grown.map(
      ({ countDelta, toCount, group }) =>
        `${signed(countDelta, String)} to ${toCount} × ${group.state}: ${stackText(group.frames)}`,
    ),
  ];
}

function signed(change: number, text: (change: number) => string): string {
  return change > 0 ? `+${text(change)}` : text(change);
}
