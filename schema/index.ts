import './captures.ts';
import './cpu-profiles.ts';
import './diff.ts';
import './event-loop-status.ts';
import './goroutines.ts';
import './health.ts';
import './instrumentation.ts';
import './metrics-history.ts';
import './pprof.ts';
import './process.ts';
import './scalars.ts';
import './source-maps.ts';
import './stalls.ts';
import './targets.ts';
import { builder } from './builder.ts';

builder.queryType({
  description: 'What is this process doing, what does it hold, what is it stuck on?',
});
builder.mutationType({ description: 'What is kept or started on request.' });
builder.subscriptionType({ description: 'The same, live.' });

/** The whole API. Loading it loads no probe and no profiler: resolvers get theirs through the context. */
export const schema = builder.toSchema();
