/** The frames of several profiles as one list, equal ones one entry. */
import type { Frame, Profile } from '../profile/profile.ts';

export interface JointFrames {
  readonly frames: Frame[];
  /** For each frame of the profile its index in `frames`. */
  indexesOf(profile: Profile): number[];
}

export function createJointFrames(): JointFrames {
  const frames: Frame[] = [];
  const indexByPlace = new Map<string, number>();

  function indexOf(frame: Frame): number {
    const place = `${frame.function}\n${frame.file}\n${frame.line}`;
    const known = indexByPlace.get(place);
    if (known !== undefined) return known;
    const index = frames.push(frame) - 1;
    indexByPlace.set(place, index);
    return index;
  }

  return { frames, indexesOf: (profile) => profile.frames.map(indexOf) };
}
