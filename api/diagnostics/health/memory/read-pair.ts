/** A base and the latest read of the heap, between which growth is told. */

/** A base older than this says little of what grows now. */
const OLDEST_BASE_MS = 10 * 60_000;

export interface ReadPair<Read> {
  /** Takes note of a read. @returns false for one that is known already */
  note(read: Read): boolean;
  /** Null before the first read. */
  base(): Read | null;
  latest(): Read | null;
}

export function createReadPair<Read extends { collectedAtMs: number }>(): ReadPair<Read> {
  let base: Read | null = null;
  let latest: Read | null = null;

  return {
    note(read) {
      if (read.collectedAtMs === latest?.collectedAtMs) return false;
      const isOld = base !== null && read.collectedAtMs - base.collectedAtMs > OLDEST_BASE_MS;
      base = isOld ? latest : (base ?? read);
      latest = read;
      return true;
    },
    base: () => base,
    latest: () => latest,
  };
}
