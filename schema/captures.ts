import type { Capture } from '../api/diagnostics/captures/capture.ts';
import { builder } from './builder.ts';
import { CpuStatsType, MemoryStatsType, RuntimeStatsType } from './figures/pprof.ts';
import { InstrumentationType } from './targets/instrumentation.ts';
import { targetArgument } from './targets/target-argument.ts';
import { targetField, targetOf } from './targets/target-field.ts';

export const CaptureType = builder.objectRef<Capture>('Capture').implement({
  description:
    'Memory, tasks and figures of one moment, kept to be compared with another. The heap is read first; the tasks, the figures and the buffers outside the heap right after it.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description:
        'The name that the capture is kept under; null for the present, which is not kept.',
    }),
    instanceId: t.id({
      description:
        'The start of the process that the capture was taken in (`process { instanceId }`): two captures of different starts, as of a target that was restarted, are compared all the same.',
      resolve: ({ pprof }) => pprof.process.instanceId,
    }),
    heapReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the heap was read; null where there is no heap sampler.',
      resolve: ({ heap }) => heap?.collectedAtMs ?? null,
    }),
    heapUnavailable: t.exposeString('heapUnavailable', {
      nullable: true,
      description: 'Why there is no heap read; null where there is one.',
    }),
    includesGarbage: t.boolean({
      nullable: true,
      description:
        'Whether live memory includes dead objects that were not collected yet. On Node 26 and later a heap read collects them first; before, nothing is forced. Null where there is no heap read.',
      resolve: ({ heap }) => heap && heap.cumulativeUnavailable !== null,
    }),
    samplingIntervalBytes: t.float({
      nullable: true,
      description:
        'Mean bytes between two samples of the heap: differences of a few of these are noise where memory is freed and allocated anew. Null without a heap read.',
      resolve: ({ heap }) => heap?.samplingIntervalBytes ?? null,
    }),
    rotations: t.int({
      nullable: true,
      description:
        'How often the heap sampler had been restarted more coarsely. Where two captures differ in it, their live memory is compared by estimates. Null without a heap read.',
      resolve: ({ heap }) => heap?.rotations ?? null,
    }),
    tasksReadAt: t.field({
      type: 'DateTime',
      description: 'When the tasks were read.',
      resolve: ({ tasks }) => tasks.observation.measuredAtMs,
    }),
    totalGoroutines: t.int({
      description: 'Live async tasks; an estimate while tasks are sampled.',
      resolve: ({ tasks }) => tasks.total,
    }),
    instrumentation: t.field({
      type: InstrumentationType,
      description: 'How exact the tracking of tasks was at the moment of the capture.',
      resolve: ({ tasks }) => tasks.instrumentation,
    }),
    figuresReadAt: t.field({
      type: 'DateTime',
      description: 'When the figures were read.',
      resolve: ({ pprof }) => pprof.observation.measuredAtMs,
    }),
    memory: t.field({
      type: MemoryStatsType,
      description: 'Memory of the process at the moment of the capture.',
      resolve: ({ pprof }) => pprof,
    }),
    cpu: t.field({
      type: CpuStatsType,
      description: 'CPU time over the last finished interval of the metrics history.',
      resolve: ({ pprof }) => pprof,
    }),
    runtime: t.field({
      type: RuntimeStatsType,
      description: 'Tasks, collections and processors at the moment of the capture.',
      resolve: ({ pprof }) => pprof,
    }),
    displaced: t.exposeString('displaced', {
      nullable: true,
      description:
        'Name of the oldest capture, which was given up because there were too many (option `maxCaptures`) or they took too much memory; others may have gone with it. Null where none of this target had to go.',
    }),
  }),
});

targetField('captures', (t) =>
  t.field({
    type: [CaptureType],
    nullable: true,
    description:
      'The captures that are kept, oldest first. Null, with an error, where the target cannot be asked.',
    resolve: (view, _args, context) => targetOf(view, context).captures.list(),
  }),
);

builder.mutationField('capture', (t) =>
  t.field({
    type: CaptureType,
    nullable: true,
    description:
      'Keeps the present under a name, to be compared later by `diff`. A capture of the same name is replaced; past the limit (10 unless configured, less where those of all targets take a quarter of the heap that pprofql’s thread may have) the oldest goes, see `displaced`. Reads the heap: waits until the pause budget allows it, and fails with `PAUSE_BUDGET_SPENT` where that takes longer than a minute.',
    args: {
      ...targetArgument(),
      name: t.arg.string({
        description: '1 to 100 printable characters, neither beginning nor ending with a space.',
      }),
      watchOutside: t.arg.boolean({
        defaultValue: false,
        description:
          'Also see, for ten minutes from now on, which lines make handles, worker threads and listeners, and buffers where those are not seen anyway, so that `diff { outside }` tells who keeps them. That costs the program a few microseconds for each.',
      }),
    },
    resolve: (_root, { target, name, watchOutside }, { diagnostics, signal }) =>
      diagnostics.target(target).captures.capture(name, { watchMade: watchOutside, signal }),
  }),
);

builder.mutationField('deleteCapture', (t) =>
  t.boolean({
    description: 'Forgets a capture. False where there was none of this name.',
    args: { ...targetArgument(), name: t.arg.string({ description: 'Name of the capture.' }) },
    resolve: (_root, { target, name }, { diagnostics }) =>
      diagnostics.target(target).captures.delete(name),
  }),
);
