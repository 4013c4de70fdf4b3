/** The goroutines that one has started and that are still there. */
import type { DumpText } from '../text/dump-text.ts';
import { blocksWith } from './block.ts';
import { partyOf } from './holder.ts';
import type { Party } from './lock.ts';

const KEPT = 5;
/** Some are mentioned that others have started: ` in goroutine 7` stands in what a panic quotes as well. */
const MOST_MENTIONS = 50;

export function startedBy(goroutineId: number, texts: readonly DumpText[]): Party[] {
  const needle = [` in goroutine ${goroutineId}\n`];
  return texts
    .flatMap((text) => blocksWith(text, needle, MOST_MENTIONS))
    .filter(({ creatorId }) => creatorId === goroutineId)
    .slice(0, KEPT)
    .map(partyOf);
}
