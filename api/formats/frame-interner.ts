/** Gives equal places in the code one index. */
import type { Frame } from '../profile/profile.ts';

export interface FrameInterner {
  /** In the order in which they were first seen. */
  frames: Frame[];
  indexOf(frame: Frame): number;
}

export function createFrameInterner(): FrameInterner {
  const frames: Frame[] = [];
  const indexes = new Map<string, number>();
  return {
    frames,
    indexOf(frame) {
      const { function: name, file, line, column = 0 } = frame;
      const place = `${line}:${column}\n${file}\n${name}`;
      const known = indexes.get(place);
      if (known !== undefined) return known;
      const index = frames.push(frame) - 1;
      indexes.set(place, index);
      return index;
    },
  };
}
