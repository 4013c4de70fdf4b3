import { level } from './metric.ts';

export const workMetrics = {
  goroutines: level(({ liveTasks }) => liveTasks),
  requestsInFlight: level(({ requestsInFlight }) => requestsInFlight),
};
