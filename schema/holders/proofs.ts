/** Which tasks nobody can settle any more. */
import type { ProofsFound, WaitingFunctionTold } from '../../api/diagnostics/heap/holders/types.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, FrameType, placeFields } from '../frame.ts';
import { targetArgument } from '../targets/target-argument.ts';
import { maxPauseArgument, searchedFields } from './snapshot-search.ts';

const WaitingFunctionType = builder.objectRef<WaitingFunctionTold>('WaitingFunction').implement({
  interfaces: [CodePlaceInterface],
  description:
    'Suspended calls of one async function that wait through the same functions, by a heap snapshot.',
  fields: (t) => ({
    ...placeFields(t, ({ frames }) => frames.at(-1), {
      line: '1-based line where the function begins: a heap snapshot does not tell at which `await` it stands. Null where unknown.',
    }),
    count: t.exposeInt('count', { description: 'Suspended calls of the function.' }),
    isStuck: t.exposeBoolean('isStuck', {
      description:
        'Whether it is proven that the calls never go on: nothing that the program can still reach settles what they wait for. False where something could, which proves nothing: it may never do so.',
    }),
    sentence: t.exposeString('sentence', {
      description:
        'Whether the calls can go on, in words, such as “nobody can settle it any more” or “still waits for what `queue` Array of `pool` Pool in pool.js can settle”.',
    }),
    frames: t.field({
      type: [FrameType],
      description:
        'The async functions that wait for each other, each with the line where it begins: innermost first, the function itself last. 20 at most.',
      resolve: ({ frames }) => frames,
    }),
  }),
});

const TaskProofsType = builder.objectRef<ProofsFound>('TaskProofs').implement({
  description:
    'Which suspended async functions can never go on, by a heap snapshot that was read and thrown away: what waits for a promise is followed only where something that can settle the promise is reached from a root. No values, only names.',
  fields: (t) => ({
    ...searchedFields(t),
    functions: t.field({
      type: [WaitingFunctionType],
      description:
        'Suspended functions, those that are stuck first, most calls first, 500 at most. Where all functions that wait for each other are Node’s own they are left out.',
      resolve: ({ functions }) => functions,
    }),
    tasks: t.exposeInt('tasks', {
      description: 'Suspended async functions, Node’s own included. Unreachable ones are garbage.',
    }),
    stuck: t.exposeInt('stuck', {
      description: 'Of `tasks`, those that nobody can settle any more.',
    }),
  }),
});

builder.mutationField('proveTasks', (t) =>
  t.field({
    type: TaskProofsType,
    nullable: true,
    description:
      'Finds the tasks that provably nobody can settle any more, by a heap snapshot, which stops the program; the answer comes when it is done, and whoever leaves before ends the search. `holdersEstimate`, `holdersStatus` and `cancelHolders` are for it as well. Fails with `PAUSE_BUDGET_SPENT` beyond `maxPauseMs`, `PROFILE_ALREADY_RUNNING` while another search runs, `LIMIT_EXCEEDED` where the heap is too large (option `heapSnapshotMemoryBytes`), `UNAVAILABLE` under NODE_ENV=production unless the option `heapSnapshots` is on, and for targets that are other processes, `STOPPED` where it is cancelled.',
    args: {
      ...targetArgument(),
      ...maxPauseArgument(),
    },
    resolve: (_root, { target, maxPauseMs }, { diagnostics, signal }) =>
      diagnostics.target(target).holders.prove({ maxPauseMs: maxPauseMs ?? null, signal }),
  }),
);
