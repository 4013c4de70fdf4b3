/** Whether the latest levels give a reason to watch who makes what outside the heap. Pure. */
import type { OutsideLevel } from '../../../health/evidence.ts';

export interface Suspicion {
  buffers: boolean;
  /** Native objects, by the memory that they take. */
  objects: boolean;
  handles: boolean;
}

/** So many levels in a row that never fall. */
const RISING_LEVELS = 4;
const BUFFER_BYTES = 4e6;
const NATIVE_BYTES = 4e6;
/** Resident memory rises with every start of a program: this has to go on for two minutes. */
const REST_BYTES = 40e6;
const REST_LEVELS = 12;
const HANDLES = 5;

export function suspicionOf(levels: readonly OutsideLevel[]): Suspicion {
  const rises = (
    read: (level: OutsideLevel) => number,
    least: number,
    inARow: number = RISING_LEVELS,
  ) => levels.length >= inARow && isRising(levels.slice(-inARow).map(read), least);
  const names = Object.keys(levels.at(-1)?.handles ?? {});
  return {
    buffers:
      rises(({ arrayBuffersBytes }) => arrayBuffersBytes, BUFFER_BYTES) ||
      rises(({ nativeBytes }) => nativeBytes, NATIVE_BYTES),
    objects:
      rises(({ nativeBytes }) => nativeBytes, NATIVE_BYTES) ||
      rises(({ restBytes }) => restBytes, REST_BYTES, REST_LEVELS),
    handles:
      rises(({ descriptors }) => descriptors ?? 0, HANDLES) ||
      names.some((name) => rises(({ handles }) => handles?.[name] ?? 0, HANDLES)),
  };
}

function isRising(values: readonly number[], least: number): boolean {
  const [first = 0] = values;
  if ((values.at(-1) ?? 0) - first < least) return false;
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
