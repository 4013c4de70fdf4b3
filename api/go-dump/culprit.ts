/** The line of the program's own code that a stack is about. */
import { frameOrigin } from '../base/files/frame-origin.ts';

interface Place {
  function: string;
  file: string;
}

const CREATOR = 'created by ';

/** The first own line; what a goroutine was created by is not where it is. Null for none. */
export function culpritIn<Found extends Place>(stack: readonly Found[]): Found | null {
  return stack.find((place) => isOwn(place)) ?? null;
}

function isOwn({ function: name, file }: Place): boolean {
  return file !== '' && !name.startsWith(CREATOR) && frameOrigin(file) === 'OWN';
}
