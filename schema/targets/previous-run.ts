import type { BoxTaskGroup } from '../../api/diagnostics/black-box/record/record.ts';
import type { PreviousRun } from '../../api/diagnostics/black-box/runs/previous-run.ts';
import type { HowEnded } from '../../api/health/ended-run.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { AllocationInfoType } from '../figures/allocation.ts';
import { HistoryPointType } from '../figures/history-point.ts';
import { FrameType } from '../frame.ts';
import { rowId } from '../identity.ts';
import { StallType } from '../loop/stalls.ts';
import { FindingType } from './finding.ts';
import { targetField, targetOf } from './target-field.ts';

const HowEndedEnum = builder.enumType('HowEnded', {
  description: 'How a run of a program ended.',
  values: {
    OUT_OF_MEMORY: {
      description:
        'The run ended without a word when its heap was at the limit, or had grown to it while the thread did not answer any more: V8 gave up (`JavaScript heap out of memory`).',
    },
    KILLED: {
      description:
        'The run ended without a word: by SIGKILL (exit code 137), by a signal that the program does not catch, by an abort, or by a crash of native code.',
    },
    UNCAUGHT_EXCEPTION: {
      description: 'An exception or rejection that nobody caught ended the run.',
    },
    EXIT_CODE: { description: 'The run ended by itself, with an exit code that is not 0.' },
    SIGNAL: {
      description:
        'The run ended by itself, with the exit code that tells that a signal asked it to (129, 130 or 143).',
    },
    UNKNOWN: {
      description:
        'Nobody knows how the run ended, or whether it still runs: its end was not written down.',
    },
  } satisfies Record<HowEnded, { description: string }>,
});

const LastTasksType = builder.objectRef<BoxTaskGroup>('LastTasks').implement({
  description: 'Tasks of one stack, as they were last read in a run that has ended.',
  fields: (t) => ({
    state: t.exposeString('state', {
      description: 'What the tasks waited for, as in `GoroutineGroup.state`.',
    }),
    count: t.exposeFloat('count', {
      description: 'How many tasks there were; an estimate while tasks are sampled.',
    }),
    frames: t.field({
      type: [FrameType],
      description: 'Where the tasks waited or were created, top frame first.',
      resolve: ({ frames }) => [...frames],
    }),
  }),
});

/** With the target, of which its rows have their identity. */
type PreviousRunView = PreviousRun & { target: ObservedTarget };

const PreviousRunType = builder.objectRef<PreviousRunView>('PreviousRun').implement({
  description:
    'The run of the same program (script, arguments, folder and host) before this one, as far as it has written it down: at every tick of the collector, and when something was found.',
  fields: (t) => ({
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the run started.',
      resolve: ({ end }) => end.startedAtMs,
    }),
    endedAt: t.field({
      type: 'DateTime',
      description:
        'When the run ended; of an end without a word, when it was last known to be alive, up to one interval of the collector before.',
      resolve: ({ end }) => end.endedAtMs,
    }),
    how: t.field({
      type: HowEndedEnum,
      description: 'How the run ended.',
      resolve: ({ end }) => end.how,
    }),
    isCertain: t.boolean({
      description:
        'Whether it is certain how the run ended. False where that is told by what was last seen of the run, and where an ordinary stop by a signal that the program does not catch looks the same.',
      resolve: ({ end }) => end.isCertain,
    }),
    sentence: t.exposeString('sentence', {
      description:
        'How, when and after how long the run ended, and what it held, in one sentence. Times are by the clock of the process’ machine.',
    }),
    exitCode: t.int({
      nullable: true,
      description:
        'Exit code of the run, before its own `exit` listeners may have changed it. Null where it ended without a word.',
      resolve: ({ end }) => end.exitCode,
    }),
    signal: t.string({
      nullable: true,
      description:
        'Signal that ended the run, such as `SIGTERM`; null where there was none, or nobody can tell which.',
      resolve: ({ end }) => end.signal,
    }),
    error: t.string({
      nullable: true,
      description:
        'Class of the exception that nobody caught, such as `TypeError`. Its message may be a secret and is not kept. Null where the run did not end by one.',
      resolve: ({ end }) => end.error?.name ?? null,
    }),
    errorFrames: t.field({
      type: [FrameType],
      description:
        'Where the exception that nobody caught was made, top frame first; empty where the run did not end by one, or it has no stack.',
      resolve: ({ end }) => [...(end.error?.frames ?? [])],
    }),
    pid: t.int({
      description: 'Process id that the run had.',
      resolve: ({ process }) => process.pid,
    }),
    nodeVersion: t.string({
      description: 'Version of Node that the run had, such as `v26.10.0`.',
      resolve: ({ process }) => process.nodeVersion,
    }),
    alloc: t.float({
      nullable: true,
      description:
        'Bytes of live and not yet collected objects on the heap of the run at its end, by the last figures and what the process grew since. Null where no figures were read.',
      resolve: ({ end }) => end.heapUsedBytes,
    }),
    heapLimit: t.float({
      nullable: true,
      description:
        'Bytes of the old space at which V8 gave up in that run. Null where no figures were read.',
      resolve: ({ memory }) => memory?.heapLimitBytes ?? null,
    }),
    sys: t.float({
      nullable: true,
      description:
        'Bytes of memory that the whole run was last known to hold (resident set). Null where no figures were read.',
      resolve: ({ end }) => end.rssBytes,
    }),
    history: t.field({
      type: [HistoryPointType],
      description: 'The last points of the metrics history of the run, oldest first.',
      resolve: ({ history }) => [...history],
    }),
    inuseAllocations: t.field({
      type: [AllocationInfoType],
      nullable: true,
      description:
        'The stacks that held most live memory at the last read of the heap in that run, most bytes first, 20 at most. Null where its heap was never read.',
      resolve: ({ allocations, target }) =>
        allocations?.rows.map((row) => ({
          ...row,
          id: rowId(target, 'previousRun.inuseAllocations', row.stackId),
        })) ?? null,
    }),
    heapReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the heap of the run was last read; null where it never was.',
      resolve: ({ allocations }) => allocations?.collectedAtMs ?? null,
    }),
    tasks: t.field({
      type: [LastTasksType],
      nullable: true,
      description:
        'Tasks of the run as they were last read, by stack, 30 groups at most. Null where they were never read.',
      resolve: ({ tasks }) => (tasks === null ? null : [...tasks]),
    }),
    findings: t.field({
      type: [FindingType],
      description: 'What was found wrong with the run at last, most severe first.',
      resolve: ({ findings, target }) =>
        findings.map((finding) => ({
          ...finding,
          id: rowId(target, 'previousRun.findings', finding.id),
        })),
    }),
    lastStall: t.field({
      type: StallType,
      nullable: true,
      description:
        'The last stall of the event loop in the run; its `durationMs` is null where it still lasted at the end. Null where there was none.',
      resolve: ({ lastStall, target }) =>
        lastStall && {
          ...lastStall,
          id: rowId(target, 'previousRun.stalls', lastStall.startedAtMs, lastStall.id),
        },
    }),
  }),
});

targetField('previousRun', (t) =>
  t.field({
    type: PreviousRunType,
    nullable: true,
    description:
      'The run before this one, where it did not end well: how it ended, and what was known of it last. Null where it ended with exit code 0, is the first, or wrote nothing down (`instrumentation { blackBoxDisabledReason }`); also for Go and for another pprofql, whose own API tells it. Of a saved black box it is the run in it.',
    resolve: async (view, _args, context) => {
      const target = targetOf(view, context);
      const run = (await target.previousRun?.()) ?? null;
      return run && { ...run, target };
    },
  }),
);
