import type { ChildStatus } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';

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
    cpuPercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'CPU time of the child over the last interval of its metrics history, in percent of one core. Null before the first.',
    }),
    utilization: t.exposeFloat('utilization', {
      nullable: true,
      description:
        'Share of that interval in which the loop of the child was not idle, 0 to 1. Null before the first, and while its thread does not answer.',
    }),
    heapUsedBytes: t.exposeFloat('heapUsedBytes', {
      nullable: true,
      description:
        'Used bytes of the child’s heap at the last point of its metrics history. Null before the first, and while its thread does not answer.',
    }),
    rssBytes: t.exposeFloat('rssBytes', {
      nullable: true,
      description:
        'Resident memory of the child in bytes at the last point of its metrics history; null before the first.',
    }),
    blockedForMs: t.float({
      description: 'Milliseconds since the child’s loop last turned; 0 while it does.',
      resolve: ({ loop }) => loop.blockedForMs,
    }),
    doing: t.string({
      description: 'What the event loop of the child does, in one sentence.',
      resolve: ({ loop }) => loop.sentence,
    }),
  }),
});
