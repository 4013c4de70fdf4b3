import type { ThreadStatus } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { blockedForMs } from '../loop/blocked-for.ts';

export const ThreadType = builder.objectRef<ThreadStatus>('ThreadInfo').implement({
  description:
    'A worker thread as it was last seen: to ask for this costs the thread nothing. `target` asks it anew.',
  fields: (t) => ({
    threadId: t.int({
      description:
        'The `threadId` that Node gives the worker; no other thread of the process ever has it.',
      resolve: ({ id }) => id,
    }),
    name: t.string({
      nullable: true,
      description: 'The `name` that the program gave the worker; null where it gave none.',
      resolve: ({ threadName }) => threadName,
    }),
    file: t.exposeString('file', {
      nullable: true,
      description: 'Address of the script that the worker runs; null for evaluated code.',
    }),
    route: t.exposeString('route', {
      nullable: true,
      description:
        'Route of the request in which the main thread made the worker, with its method, such as `POST /reports`. Null where it was made in no request, by another worker, or in a request without a context (on a busy server only some have one).',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When pprofql first saw the worker, which is when it started or pprofql did.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    usagePercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'CPU use of this thread alone over the last second or two, in percent of one core, by the kernel. Null in its first two seconds, and where the system does not tell it by thread.',
    }),
    utilization: t.exposeFloat('utilization', {
      nullable: true,
      description:
        'Share of the last interval of the metrics history in which the event loop of the worker was not idle, 0 to 1. Null before the first interval is over.',
    }),
    alloc: t.exposeFloat('heapUsedBytes', {
      nullable: true,
      description:
        'Bytes of live and not yet collected objects on the worker’s own heap, when it was last read; null before that.',
    }),
    blockedForMs: t.float({
      nullable: true,
      description:
        'Milliseconds since the event loop of the worker last turned; 0 while it does. Null where its stalls are not watched.',
      resolve: ({ loop }) => blockedForMs(loop),
    }),
    doing: t.string({
      description: 'What the event loop of the thread does, in one sentence.',
      resolve: ({ loop }) => loop.sentence,
    }),
  }),
});
