import './captures/captures.ts';
import './captures/diff.ts';
import './cpu/cpu-profiles.ts';
import './loop/event-loop-status.ts';
import './tasks/goroutines.ts';
import './targets/health.ts';
import './targets/instrumentation.ts';
import './figures/metrics-history.ts';
import './figures/pprof.ts';
import './targets/process.ts';
import './scalars.ts';
import './targets/source-maps.ts';
import './loop/stalls.ts';
import './targets/targets.ts';
import { builder } from './builder.ts';

builder.queryType({
  description: 'What is this process doing, what does it hold, what is it stuck on?',
});
builder.mutationType({ description: 'What is kept or started on request.' });
builder.subscriptionType({ description: 'The same, live.' });

/** The whole API. Loading it loads no probe and no profiler: resolvers get theirs through the context. */
export const schema = builder.toSchema();
