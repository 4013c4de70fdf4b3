import type { SpanCount } from '../../api/analyzers/tasks/types.ts';
import type { IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import type { StackKind } from '../../api/probe/readings/tasks.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { rowId, STACK_ID_DESCRIPTION } from '../identity.ts';
import { RouteCountType } from '../requests/route-count.ts';
import { MS_PER_MINUTE } from '../units.ts';

export const GoroutineCategoryEnum = builder.enumType('GoroutineCategory', {
  description: 'Why a task exists, judged by its cause and not by its name.',
  values: {
    BACKGROUND: { description: 'Expected to live long: a server, an interval, a worker loop.' },
    PER_REQUEST: {
      description: 'Created while serving an incoming request, and expected to end with it.',
    },
    UNKNOWN: { description: 'Neither the request context nor a rule can tell.' },
  },
});

export const StackKindEnum = builder.enumType('StackKind', {
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

const TaskSpanType = builder.objectRef<SpanCount>('TaskSpan').implement({
  description: 'How many tasks were made in one span of OpenTelemetry.',
  fields: (t) => ({
    traceId: t.exposeString('traceId', {
      description: 'The trace that the span is a part of, as 32 hexadecimal digits.',
    }),
    spanId: t.exposeString('spanId', { description: 'The span, as 16 hexadecimal digits.' }),
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
        'The longest wait in the group in Go’s words, such as `5 minutes`; null below a minute or where unknown.',
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
    spans: t.field({
      type: [TaskSpanType],
      description:
        'Spans of OpenTelemetry that were active as tasks of the group were made, most tasks first, a hundred at most. Empty where none was, or OpenTelemetry is not loaded; tasks from before pprofql have none.',
      resolve: (group) => group.spans ?? [],
    }),
    oldestRequestMs: t.exposeFloat('oldestRequestMs', {
      nullable: true,
      description:
        'Milliseconds since the oldest request that owns a task of the group began; null where none does.',
    }),
    outlivedRequest: t.exposeInt('outlivedRequest', {
      nullable: true,
      description:
        'Tasks still alive although their request has ended: the strongest sign of a leak. Null where nothing tells of requests, as in a dump of Go.',
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
        'Go’s numbers of up to ten goroutines of the group, to find them in `rawProfile`; null where it is no Go process.',
      resolve: (group) => group.goroutineIds ?? null,
    }),
    labels: t.stringList({
      nullable: true,
      description:
        'Up to ten different label sets of goroutines of the group, as Go prints them; null where it is no Go process.',
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
