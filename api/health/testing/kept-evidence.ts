/** Evidence of what is kept, as a test needs it. */
import type { HeapEvidence } from '../evidence/heap.ts';
import type { ListenersEvidence } from '../evidence/outside.ts';
import { aFrame, NOW_MS } from './evidence.ts';

/** So many megabytes left by collections at this distance, the last of them now, at 10 requests a second. */
export function leftEvery(intervalMs: number, megabytes: readonly number[]): HeapEvidence['left'] {
  const last = megabytes.length - 1;
  return megabytes.map((each, at) => ({
    atMs: NOW_MS - (last - at) * intervalMs,
    bytes: each * 1e6,
    requests: (at * intervalMs) / 100,
    users: 4,
  }));
}

export function aHeap(given: Partial<HeapEvidence> = {}): HeapEvidence {
  return { left: [], promises: [], ...given };
}

export const FOLLOW = aFrame('follow', '/app/src/session.ts', 9);

/** Added by `follow`, counted at this distance, at 10 requests a second. */
export function listenersEvery(
  intervalMs: number,
  counts: readonly number[],
  { users = 3, ...given }: Partial<ListenersEvidence> & { users?: number | readonly number[] } = {},
): ListenersEvidence {
  const last = counts.length - 1;
  return {
    emitter: 'EventEmitter',
    event: 'change',
    frames: [FOLLOW],
    keeper: null,
    share: 1,
    counts: counts.map((count, at) => ({
      atMs: NOW_MS - (last - at) * intervalMs,
      count,
      requests: (at * intervalMs) / 100,
      users: typeof users === 'number' ? users : users[at]!,
    })),
    ...given,
  };
}
