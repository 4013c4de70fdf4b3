import type {
  ClearedFinding,
  Finding,
  FindingKind,
  HealthStatus,
} from '../../api/health/finding.ts';
import { builder } from '../builder.ts';
import { FrameType } from '../frame.ts';
import { RouteCountType } from '../requests/route-count.ts';

export const HealthStatusEnum = builder.enumType('HealthStatus', {
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
    DATA_RACE: {
      description:
        'Goroutines used the same memory at once, as the race detector of Go has seen it.',
    },
    NOT_ANSWERING: { description: 'A target does not answer, or refuses what it was asked for.' },
    UNKNOWN: {
      description:
        'What another pprofql has found, for which this version has no name; the sentence says what it is.',
    },
  } satisfies Record<FindingKind, { description: string }>,
});

type AnyFinding = Omit<ClearedFinding, 'clearedAtMs'>;

/** What is told of a finding while it lasts and afterwards. */
const AnyFindingInterface = builder.interfaceRef<AnyFinding>('AnyFinding').implement({
  description: 'One thing that is wrong with a target, or was and is no more.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the finding: no other finding, target or type has it, and the finding has it in every answer, so that a cache may key on it. One that is gone has another than while it lasted.',
    }),
    kind: t.field({
      type: FindingKindEnum,
      description: 'What was found.',
      resolve: ({ kind }) => kind,
    }),
    severity: t.field({
      type: HealthStatusEnum,
      description:
        'How much the finding matters; of one that is gone, how much it mattered when it was last found. Never `HEALTHY`.',
      resolve: ({ severity }) => severity,
    }),
    since: t.field({
      type: 'DateTime',
      description:
        'When the trouble began, where the evidence tells (a stall, a wait); else when it was first found.',
      resolve: ({ sinceMs }) => sinceMs,
    }),
    sentence: t.exposeString('sentence', {
      description:
        'The finding in one sentence, with the culprit and the figures; of one that is gone, the last figures.',
    }),
    culprit: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The first frame of the program’s own code in the stack of the finding. Where none of it is the program’s: that of a package, for a heap that grows, else null. Null where the finding has no stack.',
      resolve: ({ culprit }) => culprit,
    }),
  }),
});

export const FindingType = builder.objectRef<Finding>('Finding').implement({
  interfaces: [AnyFindingInterface],
  description:
    'One thing that is wrong with a target, with the line that is to blame where there is one.',
  fields: (t) => ({
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

export const ClearedFindingType = builder.objectRef<ClearedFinding>('ClearedFinding').implement({
  interfaces: [AnyFindingInterface],
  description: 'One thing that was wrong with a target and is no more.',
  fields: (t) => ({
    clearedAt: t.field({
      type: 'DateTime',
      description: 'When the target was first judged without it.',
      resolve: ({ clearedAtMs }) => clearedAtMs,
    }),
  }),
});
