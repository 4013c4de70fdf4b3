import type { BlackBoxStatus } from '../../api/diagnostics/black-box/black-box.ts';
import type { FleetStatus } from '../../api/diagnostics/fleet-status.ts';
import type { InstrumentationReading } from '../../api/probe/readings/instrumentation.ts';
import { builder } from '../builder.ts';
import { MembershipType } from './fleet/membership.ts';
import { targetField, targetOf } from './target-field.ts';

type Instrumentation = InstrumentationReading & { blackBox?: BlackBoxStatus; fleet?: FleetStatus };

export const InstrumentationType = builder.objectRef<Instrumentation>('Instrumentation').implement({
  description:
    'What tracking async tasks costs the observed process, and how exact it is at the moment. Tracking is exact while few tasks are created; as rates rise, tasks are sampled (and counted by weight), so that the cost stays within the budget.',
  fields: (t) => ({
    enabled: t.exposeBoolean('enabled', { description: 'Whether async tasks are tracked.' }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why async tasks are not tracked; null while they are.',
    }),
    overheadPercent: t.exposeFloat('overheadPercent', {
      description:
        "What pprofql costs the observed thread lately, in percent of one core: what is timed (tracking tasks, noting requests, stacks of buffers), and an estimate of the rest (timers, V8's sampler of the heap, hooks that Node calls, colder caches), which is 0.2 of a program that nobody asks, up to 0.6 of a server, and 3 % of what the program itself uses. Five servers at fixed rates used 0.2 to 1.5, and it was within half a point; driven as fast as they answer some use a point more.",
    }),
    overheadBudgetPercent: t.exposeFloat('overheadBudgetPercent', {
      description:
        'What tracking async tasks may cost at most, in percent of one core. In the long run it is a quarter of that share of the CPU time that the program uses, or 0.15 of it of all time; and a quarter of it for looking through many tasks that wait.',
    }),
    samplingRate: t.exposeFloat('samplingRate', {
      description: 'Probability with which a new task is recorded now; 1: every task.',
    }),
    dutyCycle: t.exposeFloat('dutyCycle', {
      description: 'Share of time in which the tracker looks at all; 1: always.',
    }),
    blindMs: t.exposeFloat('blindMs', {
      description:
        'Milliseconds since start in which tasks were created unseen, because a burst had outrun the budget. Where it is not 0, counts of tasks from that time are lower bounds.',
    }),
    records: t.exposeInt('records', {
      description: 'Tasks recorded and not yet known to be done.',
    }),
    recordsLimit: t.exposeInt('recordsLimit', { description: 'The most records that are held.' }),
    seen: t.exposeFloat('seen', {
      description: 'Tasks the tracker has seen being created since start.',
    }),
    sampledOut: t.exposeFloat('sampledOut', {
      description:
        'Tasks created since start that sampling left out; they are counted through the weight of others.',
    }),
    dropped: t.exposeFloat('dropped', {
      description:
        'Records given up because the limit was reached; counted through the weight of others.',
    }),
    exactReadPauseMs: t.exposeFloat('exactReadPauseMs', {
      nullable: true,
      description:
        'For about how many milliseconds `goroutines(exact: true)` would stop the program now: guessed from the size of the heap, and by how long the last one took. Null where there is no such read: a target that is no Node process or of an older version, or tracking is off.',
    }),
    fleet: t.field({
      type: MembershipType,
      nullable: true,
      description:
        'How the process fares as an instance of a fleet; null where the process is none (option `fleet`, `PPROFQL_FLEET`), and for a target that does not tell.',
      resolve: ({ fleet }) => fleet ?? null,
    }),
    blackBoxFile: t.string({
      nullable: true,
      description:
        'File in which the last that is known of this run is kept for the next one; it goes where the run ends well. Null where none is written: see `blackBoxDisabledReason`.',
      resolve: ({ blackBox }) => blackBox?.file ?? null,
    }),
    blackBoxDisabledReason: t.string({
      nullable: true,
      description:
        'Why no black box is written, such as that its folder belongs to another user or that the disk is full; null where one is, and for a target that has none to write (Go, saved files, another pprofql).',
      resolve: ({ blackBox }) => blackBox?.disabledReason ?? null,
    }),
  }),
});

const boxOf = (blackBox: BlackBoxStatus | undefined) =>
  blackBox === undefined ? {} : { blackBox };

targetField('instrumentation', (t) =>
  t.field({
    type: InstrumentationType,
    nullable: true,
    description:
      'What pprofql costs the process it observes. Null, with an error, where the target cannot be asked.',
    resolve: async (view, _args, context) => {
      const target = targetOf(view, context);
      const fleet = target.fleet?.();
      return {
        ...(await target.instrumentation()),
        ...boxOf(target.blackBox?.()),
        ...(fleet && { fleet }),
      };
    },
  }),
);
