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
    "fragment AllocationInfo on AllocationInfo {\n  id\n  function\n  file\n  line\n  bytes\n  count\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  stack\n  frames {\n    ...Frame\n  }\n}": typeof types.AllocationInfoFragmentDoc,
    "fragment Frame on Frame {\n  function\n  file\n  line\n}": typeof types.FrameFragmentDoc,
    "query Goroutines($raw: Boolean!) {\n  goroutines(raw: $raw) {\n    timestamp\n    observation {\n      via\n      measuredAt\n      ageMs\n    }\n    totalGoroutines\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    groups {\n      id\n      state\n      count\n      sampledCount\n      category\n      categoryReason\n      topFunc\n      topFrame {\n        ...Frame\n      }\n      stack\n      frames {\n        ...Frame\n      }\n      waitReason\n      waitMinutes\n      oldestWaitMs\n      medianWaitMs\n      newestWaitMs\n      longWaiting\n      potentiallyStuck\n      stuckReason\n      outlivedRequest\n      oldestRequestMs\n      routes {\n        route\n        count\n      }\n      refedCount\n    }\n    rawProfile\n    rawTruncated\n    instrumentation {\n      ...Instrumentation\n    }\n  }\n}": typeof types.GoroutinesDocument,
    "fragment HistoryPoint on HistoryPoint {\n  sequence\n  timestamp\n  instanceId\n  responding\n  alloc\n  heapInuse\n  rss\n  goroutines\n  requestsInFlight\n  gcPauseNs\n  gcPauseMaxMs\n  gcPauseTotalMs\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  droppedBefore\n}": typeof types.HistoryPointFragmentDoc,
    "fragment Instrumentation on Instrumentation {\n  enabled\n  disabledReason\n  overheadPercent\n  overheadBudgetPercent\n  samplingRate\n  dutyCycle\n  records\n  recordsLimit\n  seen\n  sampledOut\n  dropped\n}\n\nquery Instrumentation {\n  instrumentation {\n    ...Instrumentation\n  }\n}": typeof types.InstrumentationFragmentDoc,
    "subscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...HistoryPoint\n  }\n}": typeof types.MetricsHistoryDocument,
    "fragment PprofFigures on PprofData {\n  timestamp\n  observation {\n    via\n    measuredAt\n    ageMs\n  }\n  memory {\n    alloc\n    totalAlloc\n    heapInuse\n    heapObjects\n    heapLimit\n    sys\n    external\n    arrayBuffers\n  }\n  cpu {\n    usagePercent\n    userTime\n    systemTime\n  }\n  runtime {\n    numGoroutine\n    requestsInFlight\n    numGc\n    gcPauseNs\n    numCpu\n    gomaxprocs\n  }\n  eventLoop {\n    delayP50Ms\n    delayP99Ms\n    delayMaxMs\n    utilization\n  }\n  gc {\n    count\n    lastPauseMs\n    interval {\n      kind\n      count\n      totalMs\n      maxMs\n    }\n  }\n  history {\n    ...HistoryPoint\n  }\n  unavailable {\n    field\n    reason\n  }\n}\n\nquery Pprof {\n  pprof {\n    ...PprofFigures\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      stackCount\n      liveBytes\n      cumulativeBytes\n    }\n    topAllocations {\n      ...AllocationInfo\n    }\n    inuseAllocations {\n      ...AllocationInfo\n    }\n  }\n}\n\nquery PprofFigures {\n  pprof {\n    ...PprofFigures\n  }\n}": typeof types.PprofFiguresFragmentDoc,
    "query Process {\n  process {\n    instanceId\n    pid\n    title\n    cwd\n    startedAt\n    nodeVersion\n    v8Version\n    platform\n    arch\n  }\n}": typeof types.ProcessDocument,
};
const documents: Documents = {
    "fragment AllocationInfo on AllocationInfo {\n  id\n  function\n  file\n  line\n  bytes\n  count\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  stack\n  frames {\n    ...Frame\n  }\n}": types.AllocationInfoFragmentDoc,
    "fragment Frame on Frame {\n  function\n  file\n  line\n}": types.FrameFragmentDoc,
    "query Goroutines($raw: Boolean!) {\n  goroutines(raw: $raw) {\n    timestamp\n    observation {\n      via\n      measuredAt\n      ageMs\n    }\n    totalGoroutines\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    groups {\n      id\n      state\n      count\n      sampledCount\n      category\n      categoryReason\n      topFunc\n      topFrame {\n        ...Frame\n      }\n      stack\n      frames {\n        ...Frame\n      }\n      waitReason\n      waitMinutes\n      oldestWaitMs\n      medianWaitMs\n      newestWaitMs\n      longWaiting\n      potentiallyStuck\n      stuckReason\n      outlivedRequest\n      oldestRequestMs\n      routes {\n        route\n        count\n      }\n      refedCount\n    }\n    rawProfile\n    rawTruncated\n    instrumentation {\n      ...Instrumentation\n    }\n  }\n}": types.GoroutinesDocument,
    "fragment HistoryPoint on HistoryPoint {\n  sequence\n  timestamp\n  instanceId\n  responding\n  alloc\n  heapInuse\n  rss\n  goroutines\n  requestsInFlight\n  gcPauseNs\n  gcPauseMaxMs\n  gcPauseTotalMs\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  droppedBefore\n}": types.HistoryPointFragmentDoc,
    "fragment Instrumentation on Instrumentation {\n  enabled\n  disabledReason\n  overheadPercent\n  overheadBudgetPercent\n  samplingRate\n  dutyCycle\n  records\n  recordsLimit\n  seen\n  sampledOut\n  dropped\n}\n\nquery Instrumentation {\n  instrumentation {\n    ...Instrumentation\n  }\n}": types.InstrumentationFragmentDoc,
    "subscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...HistoryPoint\n  }\n}": types.MetricsHistoryDocument,
    "fragment PprofFigures on PprofData {\n  timestamp\n  observation {\n    via\n    measuredAt\n    ageMs\n  }\n  memory {\n    alloc\n    totalAlloc\n    heapInuse\n    heapObjects\n    heapLimit\n    sys\n    external\n    arrayBuffers\n  }\n  cpu {\n    usagePercent\n    userTime\n    systemTime\n  }\n  runtime {\n    numGoroutine\n    requestsInFlight\n    numGc\n    gcPauseNs\n    numCpu\n    gomaxprocs\n  }\n  eventLoop {\n    delayP50Ms\n    delayP99Ms\n    delayMaxMs\n    utilization\n  }\n  gc {\n    count\n    lastPauseMs\n    interval {\n      kind\n      count\n      totalMs\n      maxMs\n    }\n  }\n  history {\n    ...HistoryPoint\n  }\n  unavailable {\n    field\n    reason\n  }\n}\n\nquery Pprof {\n  pprof {\n    ...PprofFigures\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      stackCount\n      liveBytes\n      cumulativeBytes\n    }\n    topAllocations {\n      ...AllocationInfo\n    }\n    inuseAllocations {\n      ...AllocationInfo\n    }\n  }\n}\n\nquery PprofFigures {\n  pprof {\n    ...PprofFigures\n  }\n}": types.PprofFiguresFragmentDoc,
    "query Process {\n  process {\n    instanceId\n    pid\n    title\n    cwd\n    startedAt\n    nodeVersion\n    v8Version\n    platform\n    arch\n  }\n}": types.ProcessDocument,
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
export function graphql(source: "fragment AllocationInfo on AllocationInfo {\n  id\n  function\n  file\n  line\n  bytes\n  count\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  stack\n  frames {\n    ...Frame\n  }\n}"): (typeof documents)["fragment AllocationInfo on AllocationInfo {\n  id\n  function\n  file\n  line\n  bytes\n  count\n  liveBytes\n  liveCount\n  cumulativeBytes\n  cumulativeCount\n  retention\n  stack\n  frames {\n    ...Frame\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment Frame on Frame {\n  function\n  file\n  line\n}"): (typeof documents)["fragment Frame on Frame {\n  function\n  file\n  line\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Goroutines($raw: Boolean!) {\n  goroutines(raw: $raw) {\n    timestamp\n    observation {\n      via\n      measuredAt\n      ageMs\n    }\n    totalGoroutines\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    groups {\n      id\n      state\n      count\n      sampledCount\n      category\n      categoryReason\n      topFunc\n      topFrame {\n        ...Frame\n      }\n      stack\n      frames {\n        ...Frame\n      }\n      waitReason\n      waitMinutes\n      oldestWaitMs\n      medianWaitMs\n      newestWaitMs\n      longWaiting\n      potentiallyStuck\n      stuckReason\n      outlivedRequest\n      oldestRequestMs\n      routes {\n        route\n        count\n      }\n      refedCount\n    }\n    rawProfile\n    rawTruncated\n    instrumentation {\n      ...Instrumentation\n    }\n  }\n}"): (typeof documents)["query Goroutines($raw: Boolean!) {\n  goroutines(raw: $raw) {\n    timestamp\n    observation {\n      via\n      measuredAt\n      ageMs\n    }\n    totalGoroutines\n    summary {\n      background\n      perRequest\n      unknown\n      longWaiting\n      potentiallyStuck\n    }\n    groups {\n      id\n      state\n      count\n      sampledCount\n      category\n      categoryReason\n      topFunc\n      topFrame {\n        ...Frame\n      }\n      stack\n      frames {\n        ...Frame\n      }\n      waitReason\n      waitMinutes\n      oldestWaitMs\n      medianWaitMs\n      newestWaitMs\n      longWaiting\n      potentiallyStuck\n      stuckReason\n      outlivedRequest\n      oldestRequestMs\n      routes {\n        route\n        count\n      }\n      refedCount\n    }\n    rawProfile\n    rawTruncated\n    instrumentation {\n      ...Instrumentation\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment HistoryPoint on HistoryPoint {\n  sequence\n  timestamp\n  instanceId\n  responding\n  alloc\n  heapInuse\n  rss\n  goroutines\n  requestsInFlight\n  gcPauseNs\n  gcPauseMaxMs\n  gcPauseTotalMs\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  droppedBefore\n}"): (typeof documents)["fragment HistoryPoint on HistoryPoint {\n  sequence\n  timestamp\n  instanceId\n  responding\n  alloc\n  heapInuse\n  rss\n  goroutines\n  requestsInFlight\n  gcPauseNs\n  gcPauseMaxMs\n  gcPauseTotalMs\n  cpuPercent\n  eventLoopDelayP50Ms\n  eventLoopDelayP99Ms\n  eventLoopDelayMaxMs\n  eventLoopUtilization\n  droppedBefore\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment Instrumentation on Instrumentation {\n  enabled\n  disabledReason\n  overheadPercent\n  overheadBudgetPercent\n  samplingRate\n  dutyCycle\n  records\n  recordsLimit\n  seen\n  sampledOut\n  dropped\n}\n\nquery Instrumentation {\n  instrumentation {\n    ...Instrumentation\n  }\n}"): (typeof documents)["fragment Instrumentation on Instrumentation {\n  enabled\n  disabledReason\n  overheadPercent\n  overheadBudgetPercent\n  samplingRate\n  dutyCycle\n  records\n  recordsLimit\n  seen\n  sampledOut\n  dropped\n}\n\nquery Instrumentation {\n  instrumentation {\n    ...Instrumentation\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...HistoryPoint\n  }\n}"): (typeof documents)["subscription MetricsHistory($after: Int) {\n  metricsHistory(after: $after) {\n    ...HistoryPoint\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment PprofFigures on PprofData {\n  timestamp\n  observation {\n    via\n    measuredAt\n    ageMs\n  }\n  memory {\n    alloc\n    totalAlloc\n    heapInuse\n    heapObjects\n    heapLimit\n    sys\n    external\n    arrayBuffers\n  }\n  cpu {\n    usagePercent\n    userTime\n    systemTime\n  }\n  runtime {\n    numGoroutine\n    requestsInFlight\n    numGc\n    gcPauseNs\n    numCpu\n    gomaxprocs\n  }\n  eventLoop {\n    delayP50Ms\n    delayP99Ms\n    delayMaxMs\n    utilization\n  }\n  gc {\n    count\n    lastPauseMs\n    interval {\n      kind\n      count\n      totalMs\n      maxMs\n    }\n  }\n  history {\n    ...HistoryPoint\n  }\n  unavailable {\n    field\n    reason\n  }\n}\n\nquery Pprof {\n  pprof {\n    ...PprofFigures\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      stackCount\n      liveBytes\n      cumulativeBytes\n    }\n    topAllocations {\n      ...AllocationInfo\n    }\n    inuseAllocations {\n      ...AllocationInfo\n    }\n  }\n}\n\nquery PprofFigures {\n  pprof {\n    ...PprofFigures\n  }\n}"): (typeof documents)["fragment PprofFigures on PprofData {\n  timestamp\n  observation {\n    via\n    measuredAt\n    ageMs\n  }\n  memory {\n    alloc\n    totalAlloc\n    heapInuse\n    heapObjects\n    heapLimit\n    sys\n    external\n    arrayBuffers\n  }\n  cpu {\n    usagePercent\n    userTime\n    systemTime\n  }\n  runtime {\n    numGoroutine\n    requestsInFlight\n    numGc\n    gcPauseNs\n    numCpu\n    gomaxprocs\n  }\n  eventLoop {\n    delayP50Ms\n    delayP99Ms\n    delayMaxMs\n    utilization\n  }\n  gc {\n    count\n    lastPauseMs\n    interval {\n      kind\n      count\n      totalMs\n      maxMs\n    }\n  }\n  history {\n    ...HistoryPoint\n  }\n  unavailable {\n    field\n    reason\n  }\n}\n\nquery Pprof {\n  pprof {\n    ...PprofFigures\n    allocationProfile {\n      collectedAt\n      pauseMs\n      samplingIntervalBytes\n      rotations\n      stackCount\n      liveBytes\n      cumulativeBytes\n    }\n    topAllocations {\n      ...AllocationInfo\n    }\n    inuseAllocations {\n      ...AllocationInfo\n    }\n  }\n}\n\nquery PprofFigures {\n  pprof {\n    ...PprofFigures\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Process {\n  process {\n    instanceId\n    pid\n    title\n    cwd\n    startedAt\n    nodeVersion\n    v8Version\n    platform\n    arch\n  }\n}"): (typeof documents)["query Process {\n  process {\n    instanceId\n    pid\n    title\n    cwd\n    startedAt\n    nodeVersion\n    v8Version\n    platform\n    arch\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;