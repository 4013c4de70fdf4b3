import { builder } from '../builder.ts';
import { targetArgument } from '../targets/target-argument.ts';
import { HistoryPointType } from './history-point.ts';

builder.subscriptionField('metricsHistory', (t) =>
  t.field({
    type: [HistoryPointType],
    description:
      'Points newer than `after`; the first event carries the retained window, so a reconnecting client passes the last sequence it saw and misses nothing. Then one event a tick, by graphql-ws or SSE. A slow reader loses points, counted in `droppedBefore`, never slows the process.',
    args: {
      ...targetArgument(),
      after: t.arg.int({
        required: false,
        description:
          'The last `sequence` already seen. Null, or a number this process has not reached (it restarted), gives the whole window.',
      }),
    },
    subscribe: (_root, { target, after }, { diagnostics, signal }) =>
      diagnostics.target(target).metricsHistory({ after, signal }),
    resolve: (points) => points,
  }),
);
