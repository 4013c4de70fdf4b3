/** Who has taken what others wait for at a semaphore of `golang.org/x/sync`, which keeps no list of them. */
import type { Frame } from '../../profile/profile.ts';
import { isOwnPlace } from '../culprit.ts';

const ACQUIRE = /\/semaphore\.\(\*Weighted\)\.Acquire$/;
const MAIN = 'main.main';
/** The function that acquires, and that which it acquires for. */
const ENTERED_BY = 2;

export function isOfSemaphore({ function: name }: Frame): boolean {
  return ACQUIRE.test(name);
}

/**
 * Those who are behind the line of a function at which others wait: they have come past the semaphore, and
 * mostly give it back at the end of that function. Empty where there are none.
 * @param waiting where those others are
 */
export function pastSemaphore<Group extends { frames: readonly Frame[] }>(
  waiting: readonly Frame[],
  groups: readonly Group[],
): Group[] {
  const above = waiting.slice(waiting.findIndex(isOfSemaphore) + 1);
  const entries = above.filter((frame) => isOwnPlace(frame) && frame.function !== MAIN);
  for (const entry of entries.slice(0, ENTERED_BY)) {
    const past = groups.filter(
      ({ frames }) =>
        !frames.some(isOfSemaphore) && frames.some((frame) => isFurther(frame, entry)),
    );
    if (past.length > 0) return past;
  }
  return [];
}

function isFurther(frame: Frame, { function: name, file, line }: Frame): boolean {
  return frame.function === name && frame.file === file && frame.line > line;
}
