import type { GoroutineSnapshot } from '../../api/diagnostics/tasks.ts';
import { builder } from '../builder.ts';
import { ObservationType } from '../observation.ts';
import { InstrumentationType } from '../targets/instrumentation.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { GoroutineCrashType, GoroutineCreatorType, GoroutineLockType } from './go-facts.ts';
import { GoroutineDumpType } from './goroutine-dump.ts';
import { GoroutineGroupType, groupRow } from './goroutine-group.ts';

const GoroutineSummaryType = builder
  .objectRef<GoroutineSnapshot['summary']>('GoroutineSummary')
  .implement({
    description:
      'Tasks by category, and how many deserve a look. The three categories add up to all.',
    fields: (t) => ({
      background: t.exposeInt('background', { description: 'Tasks expected to live long.' }),
      perRequest: t.exposeInt('perRequest', {
        description: 'Tasks created while serving a request.',
      }),
      unknown: t.exposeInt('unknown', { description: 'Tasks neither context nor rule can tell.' }),
      longWaiting: t.exposeInt('longWaiting', {
        description:
          'Tasks of any category waiting for at least a minute; routine for background work.',
      }),
      potentiallyStuck: t.exposeInt('potentiallyStuck', {
        description:
          'Per-request tasks waiting for at least a minute, or alive after their request ended.',
      }),
    }),
  });

const GoroutineProfileType = builder.objectRef<GoroutineSnapshot>('GoroutineProfile').implement({
  description:
    'All live async tasks, grouped. In Node terms a goroutine is a live async task: a pending promise, a timer, a socket, a server, a file-system or DNS request, an incoming request. For a Go target they are its goroutines.',
  fields: (t) => ({
    timestamp: t.field({
      type: 'DateTime',
      description: 'When the tasks were read.',
      resolve: (profile) => profile.timestampMs,
    }),
    observation: t.field({
      type: ObservationType,
      description: 'How and when the tasks were obtained.',
      resolve: (profile) => profile.observation,
    }),
    isExact: t.boolean({
      nullable: true,
      description:
        'Whether these are all pending promises of the process, as read with `exact: true`, or all goroutines of a Go program. False where tasks were tracked, which leaves out those from before pprofql, and samples where there are many; timers and handles stay so even in an exact read. Null where the target does not tell: a saved file, or an older pprofql.',
      resolve: (profile) => profile.isExact,
    }),
    totalGoroutines: t.int({
      description: 'All live tasks; an estimate while tasks are sampled.',
      resolve: (profile) => profile.total,
    }),
    groups: t.field({
      type: [GoroutineGroupType],
      description:
        'Tasks by stack and state: potentially stuck first, then longest wait, then most tasks.',
      resolve: (profile) => profile.groups,
    }),
    summary: t.field({
      type: GoroutineSummaryType,
      description: 'The groups in five numbers.',
      resolve: (profile) => profile.summary,
    }),
    rawProfile: t.string({
      nullable: true,
      description:
        'Every recorded task as text in the form of Go’s `goroutine?debug=2` dump, which existing tools read. While tasks are sampled one that is recorded stands for several, so that the text lists fewer than `totalGoroutines` counts. Null unless asked for with `raw: true`.',
      resolve: (profile) => profile.raw?.text ?? null,
    }),
    rawTruncated: t.boolean({
      description: 'Whether `rawProfile` was cut at its size limit; always at a whole task.',
      resolve: (profile) => profile.raw?.isTruncated ?? false,
    }),
    dump: t.field({
      type: GoroutineDumpType,
      nullable: true,
      description:
        'How well the dump was understood that the goroutines were read from; null where the tasks were tracked.',
      resolve: (profile) => profile.dump ?? null,
    }),
    crash: t.field({
      type: GoroutineCrashType,
      nullable: true,
      description:
        'Why a Go program printed these goroutines; null where they were only asked for, and for a program of Node.',
      resolve: ({ go }) => go?.crash ?? null,
    }),
    locks: t.field({
      type: [GoroutineLockType],
      description:
        'Locks that goroutines of Go wait for, the longest wait first; the first fifty. Empty for a program of Node.',
      resolve: ({ go }) => go?.locks ?? [],
    }),
    creators: t.field({
      type: [GoroutineCreatorType],
      description:
        'Which lines have started most of the goroutines that are alive; the first fifty. Empty for a program of Node.',
      resolve: ({ go }) => go?.creators ?? [],
    }),
    instrumentation: t.field({
      type: InstrumentationType,
      description: 'How exact the tracking was, and what it cost.',
      resolve: (profile) => profile.instrumentation,
    }),
  }),
});

targetField('goroutines', (t) =>
  t.field({
    type: GoroutineProfileType,
    nullable: true,
    description:
      'Live async tasks, grouped by state and stack: which of them are stuck, and why. Null, with an error, where the target cannot be asked.',
    args: {
      raw: t.arg.boolean({
        defaultValue: false,
        description: 'Also give the text dump in `rawProfile`.',
      }),
      exact: t.arg.boolean({
        defaultValue: false,
        description:
          'Read every pending promise of the process, those from before pprofql and those that sampling left out included, by an enumeration of its heap. That stops the program, for about `instrumentation { exactReadPauseMs }`; where the pause budget does not allow it, the error `PAUSE_BUDGET_SPENT` has `estimatedPauseMs` and, where waiting helps, `retryAfterMs` in its extensions. Go and saved files answer as ever.',
      }),
    },
    resolve: async (view, { raw, exact }, context) => {
      const target = targetOf(view, context);
      const profile = await target.goroutines({ raw, exact });
      return {
        ...profile,
        groups: profile.groups.map((group) => groupRow(target, 'goroutines', group)),
      };
    },
  }),
);
