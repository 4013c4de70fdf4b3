/** The frames of one or several profiles as one list, equal ones one entry: the first that was met. */
import type { Frame, Profile } from '../profile/profile.ts';

export interface JointFrames {
  readonly frames: Frame[];
  /** For each frame of the profile its index in `frames`. */
  indexesOf(profile: Profile): number[];
}

/** @param keyOf tells which frames are equal. @default function, file and line */
export function createJointFrames(keyOf: (frame: Frame) => string = placeOf): JointFrames {
  const frames: Frame[] = [];
  const indexByKey = new Map<string, number>();

  function indexOf(frame: Frame): number {
    const key = keyOf(frame);
    const known = indexByKey.get(key);
    if (known !== undefined) return known;
    const index = frames.push(frame) - 1;
    indexByKey.set(key, index);
    return index;
  }

  return { frames, indexesOf: (profile) => profile.frames.map(indexOf) };
}

function placeOf({ function: name, file, line }: Frame): string {
  return `${name}\n${file}\n${line}`;
}
