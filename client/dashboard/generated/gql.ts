/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment AllocationRow on AllocationInfo {\n  id\n  function\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  frames {\n    function\n    file\n    line\n  }\n}\n\nquery Allocations {\n  pprof {\n    timestamp\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      liveBytes\n      cumulativeBytes\n      stackCount\n    }\n    inuseAllocations {\n      ...AllocationRow\n    }\n    topAllocations {\n      ...AllocationRow\n    }\n    unavailable {\n      field\n      reason\n    }\n  }\n  process {\n    instanceId\n  }\n}": typeof types.AllocationRowFragmentDoc,
    "fragment Point on HistoryPoint {\n  sequence\n  instanceId\n  timestamp\n  responding\n  profiling\n  alloc\n  heapInuse\n  rss\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  gcPauseMaxMs\n  gcPauseTotalMs\n  goroutines\n  requestsInFlight\n  droppedBefore\n}\n\nsubscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...Point\n  }\n}": typeof types.PointFragmentDoc,
    "query Process {\n  process {\n    instanceId\n    pid\n    title\n    nodeVersion\n    cwd\n    startedAt\n  }\n  pprof {\n    memory {\n      heapLimit\n    }\n    runtime {\n      gomaxprocs\n    }\n  }\n}": typeof types.ProcessDocument,
    "query RawDump {\n  goroutines(raw: true) {\n    rawProfile\n    rawTruncated\n  }\n}": typeof types.RawDumpDocument,
    "fragment TaskGroup on GoroutineGroup {\n  id\n  count\n  sampledCount\n  state\n  category\n  categoryReason\n  topFunc\n  topFrame {\n    function\n    file\n    line\n  }\n  frames {\n    function\n    file\n    line\n  }\n  routes {\n    route\n    count\n  }\n  oldestWaitMs\n  medianWaitMs\n  newestWaitMs\n  oldestRequestMs\n  longWaiting\n  potentiallyStuck\n  outlivedRequest\n  stuckReason\n  refedCount\n}\n\nquery Tasks {\n  goroutines {\n    timestamp\n    totalGoroutines\n    groups {\n      ...TaskGroup\n    }\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    observation {\n      via\n      ageMs\n    }\n    instrumentation {\n      enabled\n      disabledReason\n      samplingRate\n      dutyCycle\n      overheadPercent\n      overheadBudgetPercent\n      records\n      recordsLimit\n      dropped\n    }\n  }\n  process {\n    instanceId\n  }\n}": typeof types.TaskGroupFragmentDoc,
};
const documents: Documents = {
    "fragment AllocationRow on AllocationInfo {\n  id\n  function\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  frames {\n    function\n    file\n    line\n  }\n}\n\nquery Allocations {\n  pprof {\n    timestamp\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      liveBytes\n      cumulativeBytes\n      stackCount\n    }\n    inuseAllocations {\n      ...AllocationRow\n    }\n    topAllocations {\n      ...AllocationRow\n    }\n    unavailable {\n      field\n      reason\n    }\n  }\n  process {\n    instanceId\n  }\n}": types.AllocationRowFragmentDoc,
    "fragment Point on HistoryPoint {\n  sequence\n  instanceId\n  timestamp\n  responding\n  profiling\n  alloc\n  heapInuse\n  rss\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  gcPauseMaxMs\n  gcPauseTotalMs\n  goroutines\n  requestsInFlight\n  droppedBefore\n}\n\nsubscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...Point\n  }\n}": types.PointFragmentDoc,
    "query Process {\n  process {\n    instanceId\n    pid\n    title\n    nodeVersion\n    cwd\n    startedAt\n  }\n  pprof {\n    memory {\n      heapLimit\n    }\n    runtime {\n      gomaxprocs\n    }\n  }\n}": types.ProcessDocument,
    "query RawDump {\n  goroutines(raw: true) {\n    rawProfile\n    rawTruncated\n  }\n}": types.RawDumpDocument,
    "fragment TaskGroup on GoroutineGroup {\n  id\n  count\n  sampledCount\n  state\n  category\n  categoryReason\n  topFunc\n  topFrame {\n    function\n    file\n    line\n  }\n  frames {\n    function\n    file\n    line\n  }\n  routes {\n    route\n    count\n  }\n  oldestWaitMs\n  medianWaitMs\n  newestWaitMs\n  oldestRequestMs\n  longWaiting\n  potentiallyStuck\n  outlivedRequest\n  stuckReason\n  refedCount\n}\n\nquery Tasks {\n  goroutines {\n    timestamp\n    totalGoroutines\n    groups {\n      ...TaskGroup\n    }\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    observation {\n      via\n      ageMs\n    }\n    instrumentation {\n      enabled\n      disabledReason\n      samplingRate\n      dutyCycle\n      overheadPercent\n      overheadBudgetPercent\n      records\n      recordsLimit\n      dropped\n    }\n  }\n  process {\n    instanceId\n  }\n}": types.TaskGroupFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment AllocationRow on AllocationInfo {\n  id\n  function\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  frames {\n    function\n    file\n    line\n  }\n}\n\nquery Allocations {\n  pprof {\n    timestamp\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      liveBytes\n      cumulativeBytes\n      stackCount\n    }\n    inuseAllocations {\n      ...AllocationRow\n    }\n    topAllocations {\n      ...AllocationRow\n    }\n    unavailable {\n      field\n      reason\n    }\n  }\n  process {\n    instanceId\n  }\n}"): (typeof documents)["fragment AllocationRow on AllocationInfo {\n  id\n  function\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  frames {\n    function\n    file\n    line\n  }\n}\n\nquery Allocations {\n  pprof {\n    timestamp\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      liveBytes\n      cumulativeBytes\n      stackCount\n    }\n    inuseAllocations {\n      ...AllocationRow\n    }\n    topAllocations {\n      ...AllocationRow\n    }\n    unavailable {\n      field\n      reason\n    }\n  }\n  process {\n    instanceId\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment Point on HistoryPoint {\n  sequence\n  instanceId\n  timestamp\n  responding\n  profiling\n  alloc\n  heapInuse\n  rss\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  gcPauseMaxMs\n  gcPauseTotalMs\n  goroutines\n  requestsInFlight\n  droppedBefore\n}\n\nsubscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...Point\n  }\n}"): (typeof documents)["fragment Point on HistoryPoint {\n  sequence\n  instanceId\n  timestamp\n  responding\n  profiling\n  alloc\n  heapInuse\n  rss\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  gcPauseMaxMs\n  gcPauseTotalMs\n  goroutines\n  requestsInFlight\n  droppedBefore\n}\n\nsubscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...Point\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Process {\n  process {\n    instanceId\n    pid\n    title\n    nodeVersion\n    cwd\n    startedAt\n  }\n  pprof {\n    memory {\n      heapLimit\n    }\n    runtime {\n      gomaxprocs\n    }\n  }\n}"): (typeof documents)["query Process {\n  process {\n    instanceId\n    pid\n    title\n    nodeVersion\n    cwd\n    startedAt\n  }\n  pprof {\n    memory {\n      heapLimit\n    }\n    runtime {\n      gomaxprocs\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query RawDump {\n  goroutines(raw: true) {\n    rawProfile\n    rawTruncated\n  }\n}"): (typeof documents)["query RawDump {\n  goroutines(raw: true) {\n    rawProfile\n    rawTruncated\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment TaskGroup on GoroutineGroup {\n  id\n  count\n  sampledCount\n  state\n  category\n  categoryReason\n  topFunc\n  topFrame {\n    function\n    file\n    line\n  }\n  frames {\n    function\n    file\n    line\n  }\n  routes {\n    route\n    count\n  }\n  oldestWaitMs\n  medianWaitMs\n  newestWaitMs\n  oldestRequestMs\n  longWaiting\n  potentiallyStuck\n  outlivedRequest\n  stuckReason\n  refedCount\n}\n\nquery Tasks {\n  goroutines {\n    timestamp\n    totalGoroutines\n    groups {\n      ...TaskGroup\n    }\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    observation {\n      via\n      ageMs\n    }\n    instrumentation {\n      enabled\n      disabledReason\n      samplingRate\n      dutyCycle\n      overheadPercent\n      overheadBudgetPercent\n      records\n      recordsLimit\n      dropped\n    }\n  }\n  process {\n    instanceId\n  }\n}"): (typeof documents)["fragment TaskGroup on GoroutineGroup {\n  id\n  count\n  sampledCount\n  state\n  category\n  categoryReason\n  topFunc\n  topFrame {\n    function\n    file\n    line\n  }\n  frames {\n    function\n    file\n    line\n  }\n  routes {\n    route\n    count\n  }\n  oldestWaitMs\n  medianWaitMs\n  newestWaitMs\n  oldestRequestMs\n  longWaiting\n  potentiallyStuck\n  outlivedRequest\n  stuckReason\n  refedCount\n}\n\nquery Tasks {\n  goroutines {\n    timestamp\n    totalGoroutines\n    groups {\n      ...TaskGroup\n    }\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    observation {\n      via\n      ageMs\n    }\n    instrumentation {\n      enabled\n      disabledReason\n      samplingRate\n      dutyCycle\n      overheadPercent\n      overheadBudgetPercent\n      records\n      recordsLimit\n      dropped\n    }\n  }\n  process {\n    instanceId\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;