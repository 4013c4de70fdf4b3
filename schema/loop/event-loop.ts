import type { EventLoopReading } from '../../api/probe/process/event-loop.ts';
import { builder } from '../builder.ts';

export const EventLoopType = builder.objectRef<EventLoopReading>('EventLoop').implement({
  description:
    'How late the event loop of the observed thread runs, over the current interval of the metrics history (`perf_hooks.monitorEventLoopDelay`, the timer’s own period taken off). Of a worker thread, which is not woken for it: how long the turns of its loop took.',
  fields: (t) => ({
    delayP50Ms: t.exposeFloat('delayP50Ms', {
      nullable: true,
      description: 'Median delay in milliseconds; null before the first sample.',
    }),
    delayP99Ms: t.exposeFloat('delayP99Ms', {
      nullable: true,
      description: '99th percentile of the delay in milliseconds; null before the first sample.',
    }),
    delayMaxMs: t.exposeFloat('delayMaxMs', {
      nullable: true,
      description:
        'Longest delay in milliseconds; null before the first sample, and of a worker thread on Node 22.',
    }),
    utilization: t.exposeFloat('utilization', {
      nullable: true,
      description:
        'Share of the interval in which the loop was busy, 0 to 1; null where it is not measured.',
    }),
  }),
});
