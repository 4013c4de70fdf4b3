/** Whether the latest levels give a reason to watch who makes what outside the heap. Pure. */
import type { OutsideLevel } from '../../../health/evidence.ts';

export interface Suspicion {
  buffers: boolean;
  resources: boolean;
}

/** So many levels in a row that never fall. */
const RISING_LEVELS = 4;
const BUFFER_BYTES = 4e6;
const NATIVE_BYTES = 2e6;
const REST_BYTES = 16e6;
const HANDLES = 5;

export function suspicionOf(levels: readonly OutsideLevel[]): Suspicion {
  const latest = levels.slice(-RISING_LEVELS);
  const rises = (read: (level: OutsideLevel) => number, least: number) =>
    latest.length === RISING_LEVELS && isRising(latest.map(read), least);
  const names = Object.keys(latest.at(-1)?.handles ?? {});
  return {
    buffers: rises(({ arrayBuffersBytes }) => arrayBuffersBytes, BUFFER_BYTES),
    resources:
      rises(({ nativeBytes }) => nativeBytes, NATIVE_BYTES) ||
      rises(({ restBytes }) => restBytes, REST_BYTES) ||
      rises(({ descriptors }) => descriptors ?? 0, HANDLES) ||
      names.some((name) => rises(({ handles }) => handles?.[name] ?? 0, HANDLES)),
  };
}

function isRising(values: readonly number[], least: number): boolean {
  const [first = 0] = values;
  if ((values.at(-1) ?? 0) - first < least) return false;
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
