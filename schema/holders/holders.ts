/** Who holds what a stack has allocated. */

import type {
  HolderPathTold,
  HoldersFound,
  HoldersPhase,
  HoldersSearch,
} from '../../api/diagnostics/heap/holders/types.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { FrameType } from '../frame.ts';
import { rowId, STACK_ID_DESCRIPTION } from '../identity.ts';
import { targetArgument } from '../targets/target-argument.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { HolderNodeType, HolderStepType } from './holder-step.ts';
import { HoldersEstimateType, maxPauseArgument, searchedFields } from './snapshot-search.ts';

/** A search that was asked for by a query within so long is not made again for it. */
const FRESH_MS = 60_000;
/** Tables whose rows can be named by their `id`. */
const TABLES = ['inuseAllocations', 'topAllocations'];

const HoldersPhaseEnum = builder.enumType('HoldersPhase', {
  description: 'What a search for holders does now.',
  values: {
    WRITING: {
      description: 'The program stops while V8 writes the snapshot. Cannot be cut short.',
    },
    READING: { description: 'The snapshot is read and searched while the program runs on.' },
  } satisfies Record<HoldersPhase, { description: string }>,
});

const HoldersSearchType = builder.objectRef<HoldersSearch>('HoldersSearch').implement({
  description: 'A search for holders that is under way.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Identity of the search: that of its answer.' }),
    phase: t.field({
      type: HoldersPhaseEnum,
      description: 'What the search does now.',
      resolve: ({ phase }) => phase,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the search began.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    progress: t.exposeFloat('progress', {
      description: 'How much of the search is done, 0 to 1; while V8 writes, by the estimate.',
    }),
  }),
});

const HolderPathType = builder.objectRef<HolderPathTold>('HolderPath').implement({
  description:
    'Objects of the allocation that one thing holds, by the shortest path from a root to each.',
  fields: (t) => ({
    sentence: t.exposeString('sentence', {
      description:
        'What holds the objects, in words, such as “`sessions` Map in session-cache.ts, 12,400 entries, 98 %”.',
    }),
    share: t.exposeFloat('share', {
      description: 'Of the objects of the allocation, the part that this path holds, 0 to 1.',
    }),
    samples: t.exposeFloat('samples', {
      description:
        'Sampled objects behind the path, each counted by how likely it is of the stack that was asked for: a handful proves little.',
    }),
    entries: t.exposeInt('entries', {
      nullable: true,
      description:
        'How many things the holder holds directly, of whatever kind: entries, elements or properties; all such holders together. Null where the holder is no container.',
    }),
    holders: t.exposeInt('holders', {
      description: 'How many holders with this path the sampled objects hang on.',
    }),
    steps: t.field({
      type: [HolderStepType],
      description:
        'The steps from the variable, global or root where the program’s own references begin to the holder, which is the last.',
      resolve: ({ steps }) => steps.map(shown),
    }),
    below: t.field({
      type: [HolderStepType],
      description:
        'The steps from the holder to one of the objects; other objects may hang elsewhere below the holder.',
      resolve: ({ below }) => below.map(shown),
    }),
  }),
});

const HoldersType = builder.objectRef<HoldersFound>('Holders').implement({
  description:
    'Who holds what a stack has allocated, by a heap snapshot that was read and thrown away: no values, only names and sizes. V8 tells what it has sampled, but not of which stack each object is: that is told by the sizes and numbers of the samples, and by the classes and files that the functions of the stack deal with. Where other stacks make the same objects, holders of theirs may be among these.',
  fields: (t) => ({
    ...searchedFields(t),
    stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
    frames: t.field({
      type: [FrameType],
      description: 'The stack that allocated, top frame first.',
      resolve: ({ frames }) => frames,
    }),
    paths: t.field({
      type: [HolderPathType],
      description:
        'Who holds the objects, most first, ten at most. Empty where none of the objects was found again.',
      resolve: ({ paths }) => paths,
    }),
    tree: t.field({
      type: [HolderNodeType],
      description:
        'All paths from a root to the objects merged: depth first, most first, 200 steps at most.',
      resolve: ({ tree }) => tree.map(shown),
    }),
    samples: t.exposeInt('samples', {
      description: 'Live sampled objects of the stack as the sampler counts them.',
    }),
    foundSamples: t.float({
      description:
        'Of `samples`, how many were found again in the snapshot, each counted by how likely it is of the stack that was asked for.',
      resolve: ({ found }) => found,
    }),
  }),
});

function shown<Step extends { file: string | null; path?: string | null }>(step: Step) {
  return { ...step, path: step.path ?? step.file };
}

/** A row is named by its own id, or by that of its stack. */
function meantBy(target: ObservedTarget, allocation: string): (stackId: string) => boolean {
  const stackOfRow = target.holders.stackOfRow(allocation);
  return (stackId) =>
    stackId === (stackOfRow ?? allocation) ||
    TABLES.some((table) => rowId(target, table, stackId) === allocation);
}

const ALLOCATION_DESCRIPTION =
  'The `id` or `stackId` of a row of `inuseAllocations` or `topAllocations`, or of `diff { allocations { grown } }`.';
const FAILURES =
  'Fails with `PAUSE_BUDGET_SPENT` beyond `maxPauseMs`, `NOT_FOUND` where the stack holds nothing, `PROFILE_ALREADY_RUNNING` while another search runs, `LIMIT_EXCEEDED` where the heap is too large (option `heapSnapshotMemoryBytes`), `UNAVAILABLE` under NODE_ENV=production unless the option `heapSnapshots` is on, and for targets that are other processes, `STOPPED` where it is cancelled.';

builder.mutationField('takeHolders', (t) =>
  t.field({
    type: HoldersType,
    nullable: true,
    description: `Finds who holds what a stack has allocated, by a heap snapshot, which stops the program; the answer comes when it is done, and whoever leaves before ends the search. ${FAILURES}`,
    args: {
      ...targetArgument(),
      allocation: t.arg.id({ description: ALLOCATION_DESCRIPTION }),
      ...maxPauseArgument(),
    },
    resolve: (_root, { target: name, allocation, maxPauseMs }, { diagnostics, signal }) => {
      const target = diagnostics.target(name);
      return target.holders.find({
        isMeant: meantBy(target, allocation),
        maxPauseMs: maxPauseMs ?? null,
        signal,
      });
    },
  }),
);

builder.mutationField('cancelHolders', (t) =>
  t.boolean({
    description:
      'Ends the search in a heap snapshot that is under way, for holders or for tasks that nobody can settle; while V8 writes the snapshot, as soon as that is done. False when there was none.',
    args: targetArgument(),
    resolve: (_root, { target }, { diagnostics }) => diagnostics.target(target).holders.cancel(),
  }),
);

targetField('holders', (t) =>
  t.field({
    type: HoldersType,
    nullable: true,
    description: `Who holds what a stack has allocated: what the last search for it found, if it is one of the last ten searches, and with \`maxPauseMs\` not older than a minute. Where there is none, one is made, which stops the program, only where \`maxPauseMs\` agrees to that: \`takeHolders\` makes one each time. ${FAILURES}`,
    args: {
      allocation: t.arg.id({ description: ALLOCATION_DESCRIPTION }),
      ...maxPauseArgument(),
    },
    resolve: (view, { allocation, maxPauseMs }, context) => {
      const target = targetOf(view, context);
      const isMeant = meantBy(target, allocation);
      const last = target.holders.last(isMeant);
      const isFresh = last !== null && Date.now() - last.takenAtMs < FRESH_MS;
      if (last !== null && (maxPauseMs == null || isFresh)) return last;
      return target.holders.find({
        isMeant,
        maxPauseMs: maxPauseMs ?? null,
        signal: context.signal,
      });
    },
  }),
);

targetField('holdersEstimate', (t) =>
  t.field({
    type: HoldersEstimateType,
    nullable: true,
    description:
      'What a search for holders would cost now; nothing is stopped for it. Null, with an error, where there is no such search: `UNAVAILABLE`.',
    resolve: (view, _args, context) => targetOf(view, context).holders.estimate(),
  }),
);

targetField('holdersStatus', (t) =>
  t.field({
    type: HoldersSearchType,
    nullable: true,
    description:
      'The search for holders that is under way, with its progress; null when there is none.',
    resolve: (view, _args, context) => targetOf(view, context).holders.running(),
  }),
);
