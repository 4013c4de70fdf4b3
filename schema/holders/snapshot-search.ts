/** What searches in heap snapshots have in common, whatever they look for. */
import type { FieldRef } from '@pothos/core';
import type { SnapshotCost } from '../../api/diagnostics/heap/holders/snapshot-cost.ts';
import type { SnapshotSearched } from '../../api/diagnostics/heap/holders/types.ts';
import { builder } from '../builder.ts';

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

export const HoldersEstimateType = builder.objectRef<SnapshotCost>('HoldersEstimate').implement({
  description:
    'What a search for holders would cost now, or was expected to: by the size of the heap, the sizes of the objects that V8 has sampled, a fifth of a second of measured work on this machine, and how long the last search took. Memory and the work are within half of it; for how long the program waits for a core besides, where the machine is crowded, nobody can know: see `coreShare`.',
  fields: (t) => ({
    pauseMs: t.exposeFloat('pauseMs', {
      description:
        'Milliseconds that the program stops, while V8 writes the heap snapshot; the search in it goes on while the program runs.',
    }),
    coreShare: t.exposeFloat('coreShare', {
      description:
        'Of a core, the part that the program is expected to be given while it stops, 0 to 1: by what a thread of this process was given for a fifth of a second, and by how many waited for a core in the ten seconds before. `pauseMs` is the CPU time that is expected divided by it: within half of the truth near 1; the lower it is, the more depends on what else runs by then, and the pause may be half or three times as long. Kept for a minute, so that what is agreed to is what is estimated.',
    }),
    memoryBytes: t.exposeFloat('memoryBytes', {
      description:
        'Bytes of memory that are taken besides, at most at one time: by V8 in the program while it writes, and by pprofql’s thread while it searches.',
    }),
    objects: t.exposeFloat('objects', {
      description: 'Objects on the heap, V8’s own included.',
    }),
  }),
});

/** What it was and what it cost. */
export function searchedFields(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, SnapshotSearched>,
): Record<'id' | 'takenAt' | 'pauseMs' | 'estimate' | 'objects', FieldRef<Types>> {
  return {
    id: t.exposeID('id', { description: 'Identity of the search.' }),
    takenAt: t.field({
      type: 'DateTime',
      description: 'When the snapshot was taken.',
      resolve: ({ takenAtMs }) => takenAtMs,
    }),
    pauseMs: t.exposeFloat('pauseMs', {
      description: 'Milliseconds that the program was stopped for the search.',
    }),
    estimate: t.field({
      type: HoldersEstimateType,
      description: 'What the search was expected to cost.',
      resolve: ({ estimate }) => estimate,
    }),
    objects: t.exposeFloat('objectCount', {
      description: 'Objects in the snapshot, V8’s own included.',
    }),
  };
}

export function maxPauseArgument() {
  return builder.args((t) => ({
    maxPauseMs: t.float({
      required: false,
      description:
        'The longest stop of the program that is agreed to, in milliseconds. Where more is expected (`holdersEstimate`), or null is given, nothing is done: the error `PAUSE_BUDGET_SPENT` has `estimatedPauseMs` and `estimatedMemoryBytes` in its extensions.',
    }),
  }));
}
