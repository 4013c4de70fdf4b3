/** The goroutines that one has started and that are still there. */
import { blockAt, headerBefore } from './block.ts';
import { partyOf } from './holder.ts';
import type { Party } from './lock.ts';

const KEPT = 5;

export function startedBy(goroutineId: number, texts: readonly Buffer[]): Party[] {
  const found: Party[] = [];
  for (const text of texts) {
    const needle = ` in goroutine ${goroutineId}\n`;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
      const block = blockAt(text, headerBefore(text, at));
      if (block?.creatorId === goroutineId) found.push(partyOf(block));
      if (found.length === KEPT) return found;
    }
  }
  return found;
}
