/** What tells rows apart that would look the same: their stacks differ further down. Pure. */
import { type Frame, withLine } from './frames.ts';

interface Row {
  id: string;
  frames: readonly Frame[];
}

/**
 * For each row that looks as another one, the function in which their stacks part, by id.
 * Example: a<b<main and a<c<main, both shown as `a` → `b` and `c`.
 * @param lookOf equal for rows that look the same
 */
export function tellApart<R extends Row>(
  rows: readonly R[],
  lookOf: (row: R) => string,
): Map<string, string> {
  const marks = new Map<string, string>();
  for (const alike of Map.groupBy(rows, lookOf).values()) markFrom(0, alike, marks);
  return marks;
}

/** @param alike whose stacks are the same above this depth */
function markFrom(depth: number, alike: readonly Row[], marks: Map<string, string>): void {
  if (alike.length < 2 || alike.every(({ frames }) => frames.length <= depth)) return;
  const parts = [...Map.groupBy(alike, ({ frames }) => placeOf(frames[depth])).values()];
  if (parts.length > 1) {
    const names = new Set(parts.map(([row]) => row!.frames[depth]?.function));
    for (const part of parts) {
      for (const { id, frames } of part) {
        const frame = frames[depth];
        marks.set(id, names.size === parts.length ? (frame?.function ?? TOP) : placeOf(frame));
      }
    }
  }
  for (const part of parts) markFrom(depth + 1, part, marks);
}

/** Nothing called the one whose stack has ended. */
const TOP = 'the outermost';

function placeOf(frame: Frame | undefined): string {
  return frame === undefined ? TOP : `${frame.function} ${withLine(frame.path, frame.line)}`;
}
