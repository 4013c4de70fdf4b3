import type {
  ClearedFinding,
  Finding,
  FindingKind,
  Health,
  HealthStatus,
} from '../../api/health/finding.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { FrameType } from '../frame.ts';
import { rowId } from '../identity.ts';
import { RouteCountType } from '../tasks/goroutines.ts';
import { targetArgument } from './target-argument.ts';
import { targetField, targetOf } from './target-field.ts';

const HealthStatusEnum = builder.enumType('HealthStatus', {
  description: 'How a target is doing, or how much a finding matters; from best to worst.',
  values: {
    HEALTHY: { description: 'Nothing was found.' },
    NOTICE: { description: 'Worth knowing; the program is not to blame and need not be changed.' },
    WARNING: { description: 'Something goes wrong that will hurt if it goes on.' },
    CRITICAL: { description: 'The program does not serve its users now, or is about to end.' },
  } satisfies Record<HealthStatus, { description: string }>,
});

const FindingKindEnum = builder.enumType('FindingKind', {
  description: 'What was found. Which of these a pprofql looks for depends on its version.',
  values: {
    BLOCKED_LOOP: { description: 'The event loop does not turn at the moment.' },
    SLOW_LOOP: {
      description: 'The event loop turns late, or spends its time on collecting garbage.',
    },
    CPU_STARVED: { description: 'The program wants to run, and gets no core.' },
    STUCK_REQUESTS: {
      description: 'Requests take far longer than their route usually does, and do not end.',
    },
    LEFT_BEHIND: { description: 'Tasks are alive although their request has ended.' },
    TASK_GROWTH: { description: 'There are ever more live tasks.' },
    HEAP_GROWTH: { description: 'What the heap holds after collections keeps growing.' },
    EXTERNAL_MEMORY_GROWTH: {
      description: 'Buffers and other memory outside of the JavaScript heap keep growing.',
    },
    NATIVE_MEMORY_GROWTH: {
      description: 'The process holds ever more memory that is neither heap nor buffers.',
    },
    NEAR_HEAP_LIMIT: { description: 'The heap is about full; at its limit the process ends.' },
    POOL_EXHAUSTED: { description: 'All members of a pool are in use, and tasks wait for one.' },
    THREAD_POOL_SATURATED: {
      description: 'All threads of libuv’s pool are busy, and file system or DNS calls wait.',
    },
    SLOW_ROUTE: { description: 'Requests of one route take long.' },
    LISTENER_GROWTH: { description: 'An emitter has ever more listeners.' },
    HANDLE_GROWTH: { description: 'There are ever more open sockets, files or timers.' },
    THREAD_GROWTH: { description: 'There are ever more threads.' },
    BUSY_THREAD: { description: 'The main thread, or a worker thread, has no time left.' },
    KEEPS_ALIVE: { description: 'Something keeps a program from ending that has nothing to do.' },
    LOCK_CONTENTION: { description: 'Tasks or threads wait for each other’s locks.' },
    DEADLOCK: { description: 'Tasks or threads wait for each other, and none can go on.' },
    PREVIOUS_RUN_DIED: { description: 'The run of the program before this one did not end well.' },
    RECOVERED_PANIC: {
      description: 'A Go program panicked, recovered from it, and logged where.',
    },
    NOT_ANSWERING: { description: 'A target does not answer, or refuses what it was asked for.' },
    UNKNOWN: {
      description:
        'What another pprofql has found, for which this version has no name; the sentence says what it is.',
    },
  } satisfies Record<FindingKind, { description: string }>,
});

export const FindingType = builder.objectRef<Finding>('Finding').implement({
  description:
    'One thing that is wrong with a target, with the line that is to blame where there is one.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the finding, for as long as it lasts: no other finding, target or type has it, and the finding has it in every answer, so that a cache may key on it.',
    }),
    kind: t.field({
      type: FindingKindEnum,
      description: 'What was found.',
      resolve: ({ kind }) => kind,
    }),
    severity: t.field({
      type: HealthStatusEnum,
      description: 'How much the finding matters; never `HEALTHY`.',
      resolve: ({ severity }) => severity,
    }),
    since: t.field({
      type: 'DateTime',
      description:
        'When the trouble began, where the evidence tells (a stall, a wait); else when it was first found.',
      resolve: ({ sinceMs }) => sinceMs,
    }),
    sentence: t.exposeString('sentence', {
      description: 'The finding in one sentence, with the culprit and the figures.',
    }),
    culprit: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The first frame of the program’s own code in the stack of the finding; null where the finding has no stack, or none of it is the program’s.',
      resolve: ({ culprit }) => culprit,
    }),
    stack: t.field({
      type: [FrameType],
      description:
        'The call stack of the finding, top frame first: what blocks the loop, where the largest group of tasks was created, what allocated most. Empty where no stack is known.',
      resolve: ({ stack }) => [...stack],
    }),
    routes: t.field({
      type: [RouteCountType],
      description:
        'Routes of the requests that the finding is about, most tasks first; empty where it is about none.',
      resolve: ({ routes }) => [...routes],
    }),
    count: t.exposeFloat('count', {
      nullable: true,
      description:
        'How many tasks the finding is about, or by how many they grew; an estimate while tasks are sampled. Null where the finding is not about tasks.',
    }),
    bytes: t.exposeFloat('bytes', {
      nullable: true,
      description:
        'Bytes that the finding is about: by how much the heap grew, or what counts against its limit. Null where the finding is not about memory.',
    }),
    nextStep: t.exposeString('nextStep', {
      description: 'What to look at or do next, in one sentence.',
    }),
  }),
});

const ClearedFindingType = builder.objectRef<ClearedFinding>('ClearedFinding').implement({
  description: 'One thing that was wrong with a target and is no more.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the cleared finding: derived from that of the finding while it lasted, and different from it.',
    }),
    kind: t.field({
      type: FindingKindEnum,
      description: 'What had been found.',
      resolve: ({ kind }) => kind,
    }),
    severity: t.field({
      type: HealthStatusEnum,
      description: 'How much it mattered when it was last found; never `HEALTHY`.',
      resolve: ({ severity }) => severity,
    }),
    since: t.field({
      type: 'DateTime',
      description: 'When the trouble had begun, or was first found.',
      resolve: ({ sinceMs }) => sinceMs,
    }),
    clearedAt: t.field({
      type: 'DateTime',
      description: 'When the target was first judged without it.',
      resolve: ({ clearedAtMs }) => clearedAtMs,
    }),
    sentence: t.exposeString('sentence', {
      description: 'The finding in one sentence, with its last figures.',
    }),
    culprit: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The line of the program’s own code that was to blame; null where none was known.',
      resolve: ({ culprit }) => culprit,
    }),
  }),
});

const HealthType = builder.objectRef<Health>('Health').implement({
  description:
    'What is wrong with a target, judged by its metrics history, its event loop, its tasks and those reads of the heap that somebody asked for.',
  fields: (t) => ({
    status: t.field({
      type: HealthStatusEnum,
      description: 'The severity of the worst finding; `HEALTHY` where there is none.',
      resolve: ({ status }) => status,
    }),
    sentence: t.exposeString('sentence', {
      description:
        'The worst finding in one sentence; without one, that all is well, or what it is too early to tell.',
    }),
    checkedAt: t.field({
      type: 'DateTime',
      description: 'When the target was judged.',
      resolve: ({ checkedAtMs }) => checkedAtMs,
    }),
    findings: t.field({
      type: [FindingType],
      description: 'All that was found, most severe first; empty where all is well.',
      resolve: ({ findings }) => [...findings],
    }),
    tooEarly: t.stringList({
      description:
        'What it is too early to tell, each as it ends a sentence: `the heap grows`. Empty where there is enough evidence for all, and for a target of an older version.',
      resolve: ({ tooEarly }) => [...tooEarly],
    }),
    cleared: t.field({
      type: [ClearedFindingType],
      description:
        'Findings of the last hour that are gone, the newest first, ten at most. Empty where nothing was cleared, and for a target of an older version.',
      resolve: ({ cleared }) => [...cleared],
    }),
  }),
});

/** The findings of a target, each with its identity. */
const healthOf = (target: ObservedTarget, health: Health): Health => ({
  ...health,
  findings: health.findings.map((finding) => ({
    ...finding,
    id: rowId(target, 'health', finding.id),
  })),
  cleared: health.cleared.map((finding) => ({
    ...finding,
    id: rowId(target, 'cleared', finding.id, finding.clearedAtMs),
  })),
});

targetField('health', (t) =>
  t.field({
    type: HealthType,
    nullable: true,
    description:
      'What is wrong, and which line is to blame. Asking reads the tasks where they were not read in the last 5 seconds (a minute for Go), never the heap. Null with an error where it could not be judged.',
    resolve: async (view, _args, context) => {
      const target = targetOf(view, context);
      return healthOf(target, await target.health());
    },
  }),
);

builder.subscriptionField('health', (t) =>
  t.field({
    type: HealthType,
    description:
      'The health at once, then at every change: of the findings, their severity or their figures. A slow reader gets the latest alone. While somebody is subscribed, tasks are read at every point of the metrics history, but not more often than every 5 seconds (a minute for Go).',
    args: targetArgument(),
    subscribe: (_root, { target }, { diagnostics, signal }) =>
      diagnostics.target(target).healthChanges({ signal }),
    resolve: (health, { target }, { diagnostics }) => healthOf(diagnostics.target(target), health),
  }),
);
