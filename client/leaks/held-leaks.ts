/** Who holds what is accused. */
import type { Leak } from './leak-found-error.ts';

/** What is asked who holds something. */
export interface HolderSource {
  holders(
    allocation: string,
    options: { maxPauseMs: number; signal?: AbortSignal },
  ): Promise<{ paths: readonly { sentence: string }[] }>;
}

/** Each is a stop of the observed process. */
const SEARCHED_LEAKS = 3;
/** Holders of each that are named. */
const NAMED_HOLDERS = 3;
/** A test waits for it. */
const MAX_PAUSE_MS = 120_000;

/**
 * The leaks with their holders; those of which nothing was found stay as they are.
 * @returns notes say why, once for each reason
 */
export async function findHolders(
  source: HolderSource,
  leaks: readonly Leak[],
  signal?: AbortSignal,
): Promise<{ leaks: Leak[]; notes: string[] }> {
  const notes = new Set<string>();
  const found: Leak[] = [];
  let left = SEARCHED_LEAKS;
  for (const leak of leaks) {
    if (leak.stackId === null || left === 0) {
      found.push(leak);
      continue;
    }
    left -= 1;
    try {
      const { paths } = await source.holders(leak.stackId, { maxPauseMs: MAX_PAUSE_MS, signal });
      const holders = paths.slice(0, NAMED_HOLDERS).map(({ sentence }) => sentence);
      found.push({ ...leak, holders });
    } catch (error) {
      // What leaks says more than who holds it.
      notes.add(`Who holds it is not known: ${error instanceof Error ? error.message : error}`);
      found.push(leak);
    }
  }
  return { leaks: found, notes: [...notes] };
}
