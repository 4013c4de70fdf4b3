import type { ChildStatus } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { blockedForMs } from '../loop/blocked-for.ts';

export const ChildType = builder.objectRef<ChildStatus>('ChildProcessInfo').implement({
  description:
    'A child process as it last told of itself: to ask for this costs the child nothing. `target` asks it anew.',
  fields: (t) => ({
    pid: t.exposeInt('pid', { description: 'The process id that the system gives the child.' }),
    file: t.exposeString('file', {
      nullable: true,
      description: 'Path of the script that the child runs; null for evaluated code.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the child started; null where it does not tell.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    usagePercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'CPU use of the whole child over the last interval of its metrics history, in percent of one core. Null before the first interval is over.',
    }),
    utilization: t.exposeFloat('utilization', {
      nullable: true,
      description:
        'Share of the last interval of the child’s metrics history in which its event loop was not idle, 0 to 1. Null before the first interval is over, and while its thread does not answer.',
    }),
    alloc: t.exposeFloat('heapUsedBytes', {
      nullable: true,
      description:
        'Bytes of live and not yet collected objects on the child’s heap, at the last point of its metrics history. Null before the first point, and while its thread does not answer.',
    }),
    sys: t.exposeFloat('rssBytes', {
      nullable: true,
      description:
        'Bytes of memory that the whole child holds (resident set), at the last point of its metrics history; null before the first point.',
    }),
    blockedForMs: t.float({
      nullable: true,
      description:
        'Milliseconds since the event loop of the child last turned; 0 while it does. Null where the stalls of the child are not watched.',
      resolve: ({ loop }) => blockedForMs(loop),
    }),
    doing: t.string({
      description: 'What the event loop of the child does, in one sentence.',
      resolve: ({ loop }) => loop.sentence,
    }),
  }),
});
