/** A descriptor that the program has opened by number, and whether it is still the same file. */
import { fstatSync } from 'node:fs';

export interface Descriptor {
  /** Once it was closed it stays so, whatever has its number by then. */
  isOpen(): boolean;
  /** Its number was given again. */
  close(): void;
}

/** Null where there is no such file any more. */
export function createDescriptor(fd: number): Descriptor | null {
  const first = identityOf(fd);
  if (first === null) return null;
  let isClosed = false;

  return {
    isOpen() {
      isClosed ||= identityOf(fd) !== first;
      return !isClosed;
    },
    close() {
      isClosed = true;
    },
  };
}

function identityOf(fd: number): string | null {
  try {
    const { dev, ino } = fstatSync(fd);
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}
