/** The line of the program's own code that a stack is about. */
import { frameOrigin } from '../base/files/frame-origin.ts';

interface Place {
  function: string;
  file: string;
}

const CREATOR = 'created by ';
/** `syncutil.(*TimedMutex).Lock` and its like. */
const WRAPPED_LOCK = /\.\(\*?\w+\)\.(?:R?Lock|r?lock)$|\.\w+\.R?Lock$/;
const OF_RUNTIME = /^(?:runtime|sync|internal\/[\w/]+|sync\/\w+)\./;

/** The first own line; what a goroutine was created by is not where it is. Null for none. */
export function culpritIn<Found extends Place>(stack: readonly Found[]): Found | null {
  return stack.find(isOwnPlace) ?? null;
}

/** The first own line of a stack that waits for a lock; a lock of the program's own that wraps it is passed over. */
export function lockedIn<Found extends Place>(stack: readonly Found[]): Found | null {
  const own = stack.filter(isOwnPlace);
  return own.find(({ function: name }) => !WRAPPED_LOCK.test(name)) ?? own[0] ?? null;
}

/** The last line that says who started the goroutine; null where the dump does not tell. */
export function creatorLineIn<Found extends Place>(stack: readonly Found[]): Found | null {
  return stack.findLast(({ function: name }) => name.startsWith(CREATOR)) ?? null;
}

/** Whether it is a line of the program itself. */
export function isOwnPlace({ function: name, file }: Place): boolean {
  return file !== '' && !name.startsWith(CREATOR) && frameOrigin(file) === 'OWN';
}

/** The first line that is neither of the runtime nor of what all wait with; null for none. */
export function outsideOfRuntime<Found extends Place>(stack: readonly Found[]): Found | null {
  const found = stack.find(({ function: name, file }) => file !== '' && !OF_RUNTIME.test(name));
  return found === undefined || found.function.startsWith(CREATOR) ? null : found;
}
