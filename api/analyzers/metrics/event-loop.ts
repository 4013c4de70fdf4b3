import { interval } from './metric.ts';

export const eventLoopMetrics = {
  eventLoopDelayP50Ms: interval(({ eventLoop }) => eventLoop?.delayP50Ms, { merge: 'latest' }),
  eventLoopDelayP99Ms: interval(({ eventLoop }) => eventLoop?.delayP99Ms, { merge: 'largest' }),
  eventLoopDelayMaxMs: interval(({ eventLoop }) => eventLoop?.delayMaxMs, { merge: 'largest' }),
  eventLoopUtilization: interval(({ eventLoop }) => eventLoop?.utilization, { merge: 'latest' }),
};
