/** Whether the latest levels give a reason to watch who makes what outside the heap. Pure. */
import type { OutsideLevel } from '../../../health/evidence/outside.ts';

export interface Suspicion {
  buffers: boolean;
  /** Native objects, by the memory that they take. */
  objects: boolean;
  handles: boolean;
}

/** Whether the process has more and more descriptors. */
export function descriptorsRise(levels: readonly OutsideLevel[]): boolean {
  return risesIn(levels)(({ descriptors }) => descriptors ?? 0, HANDLES);
}

/** So many levels in a row, from each to the next: the leap at the start of a program is no sign. */
const RISING_LEVELS = 4;
/**
 * Levels that are closer are looked at from one of each of these to the next as well: what leaks slowly, as on a
 * machine that gives it little of a core, rises by too little in a few short intervals.
 */
const STRIDES_MS = [9_000, 30_000];
/** Of all that has risen, in each step. */
const LEAST_STEP_SHARE = 1 / 8;
const BUFFER_BYTES = 4e6;
const NATIVE_BYTES = 4e6;
const REST_BYTES = 12e6;
const HANDLES = 5;

export function suspicionOf(levels: readonly OutsideLevel[]): Suspicion {
  const rises = risesIn(levels);
  const names = Object.keys(levels.at(-1)?.handles ?? {});
  return {
    buffers:
      rises(({ arrayBuffersBytes }) => arrayBuffersBytes, BUFFER_BYTES) ||
      rises(({ nativeBytes }) => nativeBytes, NATIVE_BYTES),
    objects:
      rises(({ nativeBytes }) => nativeBytes, NATIVE_BYTES) ||
      rises(({ restBytes }) => restBytes, REST_BYTES),
    handles:
      descriptorsRise(levels) ||
      names.some((name) => rises(({ handles }) => handles?.[name] ?? 0, HANDLES)),
  };
}

function risesIn(levels: readonly OutsideLevel[]) {
  const rows = [
    levels.slice(-RISING_LEVELS),
    ...STRIDES_MS.map((strideMs) => strided(levels, strideMs)),
  ];
  return (read: (level: OutsideLevel) => number, least: number): boolean =>
    rows.some((row) => row.length === RISING_LEVELS && isRising(row.map(read), least));
}

/** The latest, and those before at the distance of a stride and more. */
function strided(levels: readonly OutsideLevel[], strideMs: number): OutsideLevel[] {
  const row: OutsideLevel[] = [];
  for (const level of levels.toReversed()) {
    if (row.length === RISING_LEVELS) break;
    const [next] = row;
    if (next === undefined || next.atMs - level.atMs >= strideMs) row.unshift(level);
  }
  return row;
}

function isRising(values: readonly number[], least: number): boolean {
  const [first = 0] = values;
  const risen = (values.at(-1) ?? 0) - first;
  if (risen < least) return false;
  return values
    .slice(1)
    .every((value, index) => value - values[index]! >= LEAST_STEP_SHARE * risen);
}
