/** The event loop: how late it is, and how long it stood still. */
import { largestRecent } from '../recent-delays.ts';
import { type Definition, one, seconds } from './definition.ts';

export const EVENT_LOOP: readonly Definition[] = [
  one(
    'pprofql_event_loop_stalls',
    'counter',
    'Times in which the event loop did not turn for longer than the threshold (PPROFQL_STALL_MS), with the one that lasts.',
    ({ stalls }) => stalls?.count,
  ),
  one(
    'pprofql_event_loop_stall_seconds',
    'counter',
    'How long the event loop has stood still in stalls.',
    ({ stalls }) => seconds(stalls?.ms),
  ),
  one(
    'pprofql_event_loop_blocked_seconds',
    'gauge',
    'How long the event loop has stood still now; 0 while it turns.',
    (known) => seconds(known.blockedForMs),
  ),
  one(
    'pprofql_event_loop_delay_p50_seconds',
    'gauge',
    'Median delay of the event loop over the last interval of the history.',
    ({ figures }) => seconds(figures?.eventLoop?.delayP50Ms),
  ),
  one(
    'pprofql_event_loop_delay_p99_seconds',
    'gauge',
    '99th percentile of the delay of the event loop: the largest of the intervals of the last minute.',
    (known) =>
      seconds(
        largestRecent(known.points, 'eventLoopDelayP99Ms') ?? known.figures?.eventLoop?.delayP99Ms,
      ),
  ),
  one(
    'pprofql_event_loop_delay_max_seconds',
    'gauge',
    'Largest delay of the event loop in the last minute.',
    (known) =>
      seconds(
        largestRecent(known.points, 'eventLoopDelayMaxMs') ?? known.figures?.eventLoop?.delayMaxMs,
      ),
  ),
  one(
    'pprofql_event_loop_utilization_ratio',
    'gauge',
    'Share of the last interval in which the event loop was not idle, 0 to 1.',
    ({ figures }) => figures?.eventLoop?.utilization,
  ),
];
