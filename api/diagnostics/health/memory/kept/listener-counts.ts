/** How many listeners each emitter had at each look, as far as they are worth a look. */
import type { ListenerCount, ListenersEvidence } from '../../../../health/evidence/outside.ts';
import type { KeptReading } from '../../../../probe/readings/memory/kept.ts';
import { createAddedBy } from './added-by.ts';

export interface ListenerCounts {
  note(reading: KeptReading, moment: Pick<ListenerCount, 'requests' | 'users'>): Promise<void>;
  evidence(): ListenersEvidence[];
  forget(): void;
}

const MOST_COUNTS = 60;

export function createListenerCounts(): ListenerCounts {
  const addedBy = createAddedBy();
  let known = new Map<number, ListenersEvidence>();
  return {
    async note({ takenAtMs: atMs, listeners, stacks }, moment) {
      const next = new Map<number, ListenersEvidence>();
      for (const { id, emitter, event, count, added, addedMost, stack } of listeners) {
        const before = known.get(id)?.counts ?? [];
        const kept = before.length < MOST_COUNTS ? before : before.filter((_, at) => at % 2 === 0);
        next.set(id, {
          emitter,
          event,
          ...(await addedBy(stacks[stack] ?? [])),
          share: addedMost / Math.max(1, added),
          counts: [...kept, { atMs, count, ...moment }],
        });
      }
      known = next;
    },
    evidence: () => [...known.values()],
    forget: () => known.clear(),
  };
}
