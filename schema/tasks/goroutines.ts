import type { GoroutineSnapshot, IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import type { StackKind } from '../../api/probe/readings/tasks.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { rowId, STACK_ID_DESCRIPTION } from '../identity.ts';
import { ObservationType } from '../observation.ts';
import { InstrumentationType } from '../targets/instrumentation.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { MS_PER_MINUTE } from '../units.ts';
import { GoroutineCrashType, GoroutineCreatorType, GoroutineLockType } from './go-facts.ts';
import { GoroutineDumpType } from './goroutine-dump.ts';

const GoroutineCategoryEnum = builder.enumType('GoroutineCategory', {
  description: 'Why a task exists, judged by its cause and not by its name.',
  values: {
    BACKGROUND: { description: 'Expected to live long: a server, an interval, a worker loop.' },
    PER_REQUEST: {
      description: 'Created while serving an incoming request, and expected to end with it.',
    },
    UNKNOWN: { description: 'Neither the request context nor a rule can tell.' },
  },
});

const StackKindEnum = builder.enumType('StackKind', {
  description: 'What the stack of a task tells.',
  values: {
    WAITS: {
      description:
        'Where the task waits now: the innermost `await` first, then those of its callers. Of a Go process every stack is one.',
    },
    CREATED: {
      description:
        'Where the task was created: nobody waits for it, or several do, or this Node does not tell who waits.',
    },
  } satisfies Record<StackKind, { description: string }>,
});

export const RouteCountType = builder
  .objectRef<IdentifiedGroup['routes'][number]>('RouteCount')
  .implement({
    description: 'How many tasks belong to requests of one route.',
    fields: (t) => ({
      route: t.exposeString('route', {
        description: 'Method and route pattern, such as `GET /users/:id`; never a query string.',
      }),
      count: t.exposeInt('count', { description: 'Tasks; an estimate while tasks are sampled.' }),
    }),
  });

/** Go's words for a wait: nothing below a minute. */
function waitReason({ waitReason, oldestWaitMs }: IdentifiedGroup): string | null {
  if (waitReason !== undefined) return waitReason;
  const minutes = Math.floor((oldestWaitMs ?? 0) / MS_PER_MINUTE);
  return minutes >= 1 ? `${minutes} minutes` : null;
}

/** @param table the list that it stands in */
export const groupRow = (
  target: ObservedTarget,
  table: string,
  group: IdentifiedGroup,
  ...moment: readonly (string | number | boolean | null)[]
): IdentifiedGroup => ({ ...group, id: rowId(target, table, ...moment, group.id) });

export const GoroutineGroupType = builder.objectRef<IdentifiedGroup>('GoroutineGroup').implement({
  description: 'Live async tasks in the same state with the same full stack.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the group: no other table, target or type has it, and the group has it in every answer, so that a cache may key on it.',
    }),
    stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
    count: t.exposeInt('count', {
      description: 'Tasks in the group; an estimate while tasks are sampled.',
    }),
    sampledCount: t.int({
      description: 'Recorded tasks behind `count`: equal to it when nothing was sampled out.',
      resolve: (group) => group.sampled,
    }),
    state: t.exposeString('state', {
      description: 'What the tasks wait for, such as `await`, `timer`, `IO wait`.',
    }),
    waitReason: t.string({
      nullable: true,
      description:
        'The longest wait in Go’s words, such as `5 minutes`; null below a minute or where unknown.',
      resolve: waitReason,
    }),
    waitMinutes: t.int({
      nullable: true,
      description:
        'Whole minutes of the oldest wait in the group; 0 below one. Null where unknown.',
      resolve: ({ oldestWaitMs }) =>
        oldestWaitMs === null ? null : Math.floor(oldestWaitMs / MS_PER_MINUTE),
    }),
    oldestWaitMs: t.exposeFloat('oldestWaitMs', {
      nullable: true,
      description:
        'Milliseconds since the oldest task of the group was created; null where unknown. For Go since its oldest goroutine began to wait, in whole minutes: 0 is less than one.',
    }),
    medianWaitMs: t.exposeFloat('medianWaitMs', {
      nullable: true,
      description:
        'Median of the milliseconds since each task of the group was created; null where unknown. For Go since each goroutine began to wait, in whole minutes.',
    }),
    newestWaitMs: t.exposeFloat('newestWaitMs', {
      nullable: true,
      description:
        'Milliseconds since the youngest task of the group was created; null where unknown. For Go since the last of its goroutines began to wait, in whole minutes.',
    }),
    topFunc: t.string({
      description:
        'The first function of the stack that is neither Node’s nor pprofql’s, nor of Go’s standard library; the very top one where all are.',
      resolve: ({ topFrame }) => topFrame?.function ?? '',
    }),
    topFrame: t.field({
      type: FrameType,
      nullable: true,
      description: 'The frame of `topFunc`; null where no stack is known.',
      resolve: (group) => group.topFrame,
    }),
    stack: t.stringList({
      description:
        'Where the tasks wait, innermost `await` first, as text: a function name and `"\\tfile:line"` in turn. Where they were created if `stackKind` is `CREATED`.',
      resolve: ({ frames }) => stackLines(frames),
    }),
    frames: t.field({
      type: [FrameType],
      description:
        'The stack of the group as objects: where the tasks wait, innermost `await` first; where they were created, top frame first, if `stackKind` is `CREATED`. Empty where no stack is known.',
      resolve: ({ frames }) => [...frames],
    }),
    stackKind: t.field({
      type: StackKindEnum,
      description:
        'What `stack` and `frames` tell: where the tasks wait, or where they were created.',
      resolve: (group) => group.stackKind,
    }),
    culprit: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The line to look at: the first frame of the program’s own code, not of a package or of the runtime. Null where no frame is the program’s.',
      resolve: (group) => group.culprit,
    }),
    category: t.field({
      type: GoroutineCategoryEnum,
      description: 'Why the tasks exist.',
      resolve: (group) => group.category,
    }),
    categoryReason: t.exposeString('categoryReason', {
      description: 'What decided the category, in words.',
    }),
    routes: t.field({
      type: [RouteCountType],
      description:
        'Routes of the requests that own tasks of the group, most tasks first; empty where no request does.',
      resolve: (group) => group.routes,
    }),
    oldestRequestMs: t.exposeFloat('oldestRequestMs', {
      nullable: true,
      description: 'Milliseconds since the oldest owning request began; null without a request.',
    }),
    outlivedRequest: t.exposeInt('outlivedRequest', {
      description:
        'Tasks still alive although their request has ended: the strongest sign of a leak.',
    }),
    refedCount: t.int({
      nullable: true,
      description:
        'Tasks that keep the process alive (timers, sockets that are ref’d); null where that has no meaning, as for promises.',
      resolve: (group) => group.refed,
    }),
    lockedToThread: t.int({
      nullable: true,
      description:
        'Goroutines that are locked to an operating system thread; null where it is no Go process.',
      resolve: (group) => group.lockedToThread ?? null,
    }),
    goroutineIds: t.intList({
      nullable: true,
      description:
        'Go’s numbers of up to ten of them, to find them in `rawProfile`; null where it is no Go process.',
      resolve: (group) => group.goroutineIds ?? null,
    }),
    labels: t.stringList({
      nullable: true,
      description:
        'Up to ten different label sets among them, as Go prints them; null where it is no Go process.',
      resolve: (group) => group.labels ?? null,
    }),
    longWaiting: t.int({
      description: 'Tasks waiting for at least a minute.',
      resolve: (group) => group.longWaitingCount,
    }),
    potentiallyStuck: t.int({
      description:
        'Tasks that are potentially stuck: created for a request, and waiting for at least a minute or alive after the request ended.',
      resolve: (group) => group.stuckCount,
    }),
    stuckReason: t.exposeString('stuckReason', {
      nullable: true,
      description:
        'Why tasks of the group are potentially stuck, in one sentence; null where none is.',
    }),
  }),
});

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
      description: 'Potentially stuck first, then longest wait, then most tasks.',
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
        'Every recorded task as text in the form of Go’s `goroutine?debug=2` dump, which existing tools read. Null unless asked for with `raw: true`.',
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
