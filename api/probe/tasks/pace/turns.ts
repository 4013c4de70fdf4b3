/** Sweeps one after the other, of which those who ask for one share the next. */
import { settled } from '../../../base/waiting/settled.ts';

export interface Turns<Result> {
  isUnderWay(): boolean;
  /** Once the one that is under way is over. */
  start(options?: { isAnew?: boolean }): Promise<Result>;
  /** However many ask, they share a sweep: the next one, so that all see the present. */
  forReaders(): Promise<Result>;
}

export function takeTurns<Result>(
  sweep: (options: { isAnew: boolean }) => Promise<Result>,
): Turns<Result> {
  let current: Promise<Result> | undefined;
  let nextForReaders: Promise<Result> | undefined;

  async function start({ isAnew = false } = {}): Promise<Result> {
    while (current !== undefined) await settled(current);
    current = sweep({ isAnew });
    try {
      return await current;
    } finally {
      current = undefined;
    }
  }

  async function onceFree(): Promise<Result> {
    // At least once, so that it is the next one that all share before it begins.
    do await settled(current);
    while (current !== undefined);
    nextForReaders = undefined;
    return await start({ isAnew: true });
  }

  return {
    isUnderWay: () => current !== undefined,
    start,
    forReaders() {
      nextForReaders ??= onceFree();
      return nextForReaders;
    },
  };
}
