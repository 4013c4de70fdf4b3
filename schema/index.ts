import './captures.ts';
import './allocations/allocation-profiles.ts';
import './diff/diff.ts';
import './holders/holders.ts';
import './holders/proofs.ts';
import './cpu/cpu-profiles.ts';
import './loop/event-loop-status.ts';
import './tasks/goroutines.ts';
import './tasks/stack-profile.ts';
import './requests/requests.ts';
import './requests/routes.ts';
import './targets/health.ts';
import './targets/instrumentation.ts';
import './figures/external.ts';
import './figures/metrics-history.ts';
import './figures/pprof.ts';
import './targets/previous-run.ts';
import './targets/process.ts';
import './scalars.ts';
import './targets/fleet/services.ts';
import './targets/source-maps.ts';
import './loop/stalls.ts';
import './targets/targets.ts';
import { builder } from './builder.ts';

builder.queryType({
  description:
    'What is a process doing, what does it hold, what is it stuck on? Every failure is an error with `extensions.code`: `NOT_FOUND` (no such target or capture), `INVALID_INPUT` and `BAD_USER_INPUT` (a value that is not allowed), `UNAVAILABLE` (this runtime or configuration cannot give it), `PROCESS_NOT_RESPONDING` (the observed thread is busy), `PAUSE_BUDGET_SPENT` (a heap read would stop the program too long), `PROFILE_ALREADY_RUNNING`, `TARGET_FAILED` (another process did not answer as it should), `LIMIT_EXCEEDED`, `STOPPED`, `UNAUTHENTICATED`, `FORBIDDEN_ORIGIN`, `BAD_REQUEST`, `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `OPERATION_RESOLUTION_FAILURE`, and `INTERNAL_SERVER_ERROR` for a defect, whose details are in the log.',
});
builder.mutationType({ description: 'What is kept or started on request.' });
builder.subscriptionType({
  description: 'Answers that go on, by graphql-ws or server-sent events.',
});

/** The whole API. Loading it loads no probe and no profiler: resolvers get theirs through the context. */
export const schema = builder.toSchema();
