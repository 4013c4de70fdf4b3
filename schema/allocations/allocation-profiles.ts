import type {
  AllocationProfileOutcome,
  RunningAllocationProfile,
} from '../../api/diagnostics/allocation-profiles/profiles.ts';
import { builder } from '../builder.ts';
import { cancelArguments, runningFields } from '../recording.ts';
import { targetArgument } from '../targets/target-argument.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { TakenAllocationProfileType } from './allocation-profile.ts';

const DEFAULT_SECONDS = 5;

const RunningAllocationProfileType = builder
  .objectRef<RunningAllocationProfile>('RunningAllocationProfile')
  .implement({
    description: 'An allocation profile that is being taken.',
    fields: (t) =>
      runningFields(t, 'The id that the profile will have, by which it can be cancelled.'),
  });

type AlreadyRunning = Extract<AllocationProfileOutcome, { kind: 'ALREADY_RUNNING' }>;
type Cancelled = Extract<AllocationProfileOutcome, { kind: 'CANCELLED' }>;

const AlreadyRunningType = builder
  .objectRef<AlreadyRunning>('AllocationProfileAlreadyRunning')
  .implement({
    description: 'Nothing was started: a thread has one heap sampler, and a profile has it.',
    fields: (t) => ({
      message: t.string({
        description: 'What stands in the way of a profile, and what to do, in one sentence.',
        resolve: ({ running }) =>
          `An allocation profile is being taken until ${new Date(running.endsAtMs).toISOString()}: ask again then, or end it with cancelAllocationProfile.`,
      }),
      running: t.field({
        type: RunningAllocationProfileType,
        description: 'The allocation profile that is being taken already.',
        resolve: ({ running }) => running,
      }),
    }),
  });

const CancelledType = builder.objectRef<Cancelled>('AllocationProfileCancelled').implement({
  description: 'The profile was ended by `cancelAllocationProfile` and thrown away.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id that the cancelled profile had.' }),
  }),
});

const AllocationProfileResultType = builder.unionType('AllocationProfileResult', {
  description: 'An allocation profile, or why there is none.',
  types: [TakenAllocationProfileType, AlreadyRunningType, CancelledType],
  resolveType: (value) => {
    if (!('kind' in value)) return TakenAllocationProfileType;
    return value.kind === 'CANCELLED' ? CancelledType : AlreadyRunningType;
  },
});

builder.mutationField('takeAllocationProfile', (t) =>
  t.field({
    type: AllocationProfileResultType,
    nullable: true,
    description:
      'Samples for a while what the observed thread allocates, freed objects included, on every Node; the answer comes when it is done. On Node below 26 the sampler behind the tables of live memory stands still meanwhile: see `liveTableCost`. Whoever leaves before the answer ends the profile. Fails with `UNAVAILABLE` where another tool uses the heap sampler of the thread, with `PAUSE_BUDGET_SPENT` where the pause budget does not allow the short stop that it begins with for another 10 seconds, with `PROCESS_NOT_RESPONDING` where the thread is busy for too long.',
    args: {
      ...targetArgument(),
      seconds: t.arg.float({
        defaultValue: DEFAULT_SECONDS,
        description:
          'How long: 0.1 to 60. Anything else is an error with the code `INVALID_INPUT`.',
      }),
    },
    resolve: async (_root, { target, seconds }, { diagnostics, signal }) => {
      const { allocationProfiles } = diagnostics.target(target);
      const outcome = await allocationProfiles.take({ seconds, signal });
      return outcome.kind === 'TAKEN' ? outcome.profile : outcome;
    },
  }),
);

targetField('allocationProfileStatus', (t) =>
  t.field({
    type: RunningAllocationProfileType,
    nullable: true,
    description:
      'The allocation profile that is being taken, with its progress; null when there is none.',
    resolve: (view, _args, context) => targetOf(view, context).allocationProfiles.running(),
  }),
);

builder.mutationField('cancelAllocationProfile', (t) =>
  t.boolean({
    description: 'Ends the allocation profile that is being taken. False when there was none.',
    args: cancelArguments(),
    resolve: (_root, { target, id, keep }, { diagnostics }) =>
      diagnostics.target(target).allocationProfiles.cancel({ id, keep }),
  }),
);
