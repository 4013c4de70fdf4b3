import type { CpuProfileOutcome, RunningCpuProfile } from '../../api/diagnostics/cpu/profiles.ts';
import { builder } from '../builder.ts';
import { cancelArguments, runningFields } from '../recording.ts';
import { targetArgument } from '../targets/target-argument.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { CpuProfileType } from './cpu-profile.ts';

const DEFAULT_SECONDS = 5;

const RunningCpuProfileType = builder.objectRef<RunningCpuProfile>('RunningCpuProfile').implement({
  description: 'A CPU profile that is being taken.',
  fields: (t) => runningFields(t, 'The id that the profile will have in `cpuProfiles(id)`.'),
});

type AlreadyRunning = Extract<CpuProfileOutcome, { kind: 'ALREADY_RUNNING' }>;
type Cancelled = Extract<CpuProfileOutcome, { kind: 'CANCELLED' }>;

const ProfileAlreadyRunningType = builder
  .objectRef<AlreadyRunning>('ProfileAlreadyRunning')
  .implement({
    description: 'Nothing was started: a thread has one CPU sampler, and it is in use.',
    fields: (t) => ({
      message: t.string({
        description: 'What stands in the way of a profile, and what to do, in one sentence.',
        resolve: ({ running }) =>
          `A CPU profile is running until ${new Date(running.endsAtMs).toISOString()}: wait for it in cpuProfiles(id: "${running.id}"), or end it with cancelCpuProfile.`,
      }),
      running: t.field({
        type: RunningCpuProfileType,
        description: 'The CPU profile that is being taken already.',
        resolve: ({ running }) => running,
      }),
    }),
  });

const CpuProfileCancelledType = builder.objectRef<Cancelled>('CpuProfileCancelled').implement({
  description: 'The profile was ended by `cancelCpuProfile` and thrown away.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id that the cancelled profile had.' }),
  }),
});

const CpuProfileResultType = builder.unionType('CpuProfileResult', {
  description: 'A CPU profile, or why there is none.',
  types: [CpuProfileType, ProfileAlreadyRunningType, CpuProfileCancelledType],
  resolveType: (value) => {
    if (!('kind' in value)) return CpuProfileType;
    return value.kind === 'CANCELLED' ? CpuProfileCancelledType : ProfileAlreadyRunningType;
  },
});

builder.mutationField('takeCpuProfile', (t) =>
  t.field({
    type: CpuProfileResultType,
    nullable: true,
    description:
      'Takes a CPU profile of the observed thread; the answer comes when it is done. Works also while the event loop is stuck in JavaScript; whoever leaves before the answer ends the profile. Fails with `UNAVAILABLE` where another tool takes CPU profiles of the thread, with `PROCESS_NOT_RESPONDING` where native code holds it for too long.',
    args: {
      ...targetArgument(),
      seconds: t.arg.float({
        defaultValue: DEFAULT_SECONDS,
        description:
          'How long: 0.1 to the option `maxCpuProfileSeconds` (60 unless configured). Anything else is an error with the code `INVALID_INPUT`.',
      }),
    },
    resolve: async (_root, { target, seconds }, { diagnostics, signal }) => {
      const outcome = await diagnostics.target(target).cpuProfiles.take({ seconds, signal });
      return outcome.kind === 'TAKEN' ? outcome.profile : outcome;
    },
  }),
);

targetField('cpuProfileStatus', (t) =>
  t.field({
    type: RunningCpuProfileType,
    nullable: true,
    description: 'The CPU profile that is being taken, with its progress; null when there is none.',
    resolve: (view, _args, context) => targetOf(view, context).cpuProfiles.running(),
  }),
);

targetField('cpuProfiles', (t) =>
  t.field({
    type: [CpuProfileType],
    nullable: true,
    description:
      'The last five CPU profiles, newest first. Null, with an error, where the target cannot be asked.',
    args: {
      id: t.arg.id({
        required: false,
        description:
          'Gives the profile of this id alone; an empty list where it is unknown or no longer kept. Null: all that are kept.',
      }),
    },
    resolve: (view, { id }, context) => {
      const { cpuProfiles } = targetOf(view, context);
      if (id == null) return cpuProfiles.list();
      const profile = cpuProfiles.get(id);
      return profile === null ? [] : [profile];
    },
  }),
);

builder.mutationField('cancelCpuProfile', (t) =>
  t.boolean({
    description: 'Ends the CPU profile that is being taken. False when there was none.',
    args: cancelArguments(),
    resolve: (_root, { target, id, keep }, { diagnostics }) =>
      diagnostics.target(target).cpuProfiles.cancel({ id, keep }),
  }),
);
