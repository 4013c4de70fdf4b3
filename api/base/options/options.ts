/** Options: what can be set, what it means and what the default is. */
import type { CategoryRule } from '../category-rule.ts';
import type { RouteOf } from './route-of.ts';
import type { TargetOptions } from './targets.ts';

export interface DiagnosticsOptions {
  /** TCP port; 0 picks a free one. `PPROFQL_PORT`. @default 6060 */
  port?: number;
  /** Address to listen on; other than loopback needs a token. `PPROFQL_HOST`. @default '127.0.0.1' */
  host?: string;
  /** Bearer token that every request must carry. `PPROFQL_TOKEN`. @default none */
  token?: string;
  /** Milliseconds between two points of the metrics history. `PPROFQL_INTERVAL_MS`. @default 10_000 */
  intervalMs?: number;
  /** Points of the metrics history that are kept. `PPROFQL_HISTORY`. @default 30 */
  historySize?: number;
  /**
   * Hosts besides loopback names whose `Host` header is answered, for example `['diag.internal:6060']`.
   * `PPROFQL_ALLOWED_HOSTS`, with commas between them. @default []
   */
  allowedHosts?: readonly string[];
  /**
   * Origins of web pages elsewhere that may ask, for example `['https://dash.example']`: their
   * browsers are told so (CORS), without cookies. `PPROFQL_ALLOWED_ORIGINS`, with commas between
   * them. @default []
   */
  allowedOrigins?: readonly string[];
  /** Track async tasks. `PPROFQL_ASYNC` (`on`/`off`). @default true */
  asyncTracking?: boolean;
  /** Sample the heap. `PPROFQL_HEAP` (`on`/`off`). @default true */
  heapSampling?: boolean;
  /**
   * Sample which lines make buffers, by functions that stand in for those of `Buffer`.
   * `PPROFQL_BUFFERS` (`on`/`off`). @default true
   */
  bufferSampling?: boolean;
  /**
   * Answer requests for a heap snapshot, which stops the program for seconds and holds all of its
   * strings, secrets too. `PPROFQL_HEAP_SNAPSHOTS` (`on`/`off`). @default false
   *
   * Searches for what holds an allocation keep none, show no strings and ask first: these are off only
   * under `NODE_ENV=production`, where this switches them on.
   */
  heapSnapshots?: boolean;
  /**
   * Memory that a search for what holds an allocation may take; larger heaps are refused.
   * `PPROFQL_HEAP_SNAPSHOT_MEMORY_BYTES`. @default 2_147_483_648
   */
  heapSnapshotMemoryBytes?: number;
  /** Mean bytes between two heap samples. `PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES`. @default 524_288 */
  heapSamplingIntervalBytes?: number;
  /**
   * Share of one core that async tracking may cost at most, in percent. In the long run it is a quarter of that
   * share of the CPU time that the program uses, or 0.15 of it of all time, and a quarter of it for sweeps.
   * `PPROFQL_OVERHEAD_BUDGET_PERCENT`.
   * @default 2
   */
  overheadBudgetPercent?: number;
  /**
   * Share of wall time that exact reads of tasks, and forced collections for heap reads, may take, in percent.
   * `PPROFQL_PAUSE_BUDGET_PERCENT`. @default 2
   */
  pauseBudgetPercent?: number;
  /** Live async tasks that are recorded at most; more are sampled. `PPROFQL_MAX_TASK_RECORDS`. @default 10_000 */
  maxTaskRecords?: number;
  /**
   * Captures that are kept at most; the oldest gives way to a new one, also where they take too much of the heap
   * that pprofql's thread may have. `PPROFQL_MAX_CAPTURES`. @default 10
   */
  maxCaptures?: number;
  /**
   * Milliseconds without a turn of the event loop that count as a stall; 0 does not watch for stalls.
   * `PPROFQL_STALL_MS`. @default 1_000
   */
  stallThresholdMs?: number;
  /** Seconds that a CPU profile may last at most. `PPROFQL_MAX_CPU_PROFILE_SECONDS`. @default 60 */
  maxCpuProfileSeconds?: number;
  /** Show compiled code where its source maps say it was written. `PPROFQL_SOURCE_MAPS` (`on`/`off`). @default true */
  sourceMaps?: boolean;
  /**
   * Memory that source maps may take; those used least recently give way.
   * `PPROFQL_SOURCE_MAP_MEMORY_BYTES`. @default 134_217_728
   */
  sourceMapMemoryBytes?: number;
  /**
   * Rules that categorize tasks without a request, first match wins. `PPROFQL_CATEGORY_RULES`, a JSON
   * list in which the patterns are texts. @default []
   */
  categoryRules?: readonly CategoryRule[];
  /**
   * Other processes to watch from here: Go programs that serve `net/http/pprof`, and other pprofqls.
   * `PPROFQL_TARGETS`, such as `checkout=http://127.0.0.1:6061,search=http://127.0.0.1:6062`, or, for all
   * addresses of a host, `dns+http://checkout-headless:6060`. @default []
   */
  targets?: readonly TargetOptions[];
  /**
   * Where the last that is known of a run is kept for the next one, should it die: a folder of the user's own,
   * such as `/var/lib/app/boxes`; `true` for one among the system's temporary files, `false` for none.
   * `PPROFQL_BLACK_BOX` (a folder, `on` or `off`). A mounted handler keeps none. @default true
   */
  blackBox?: string | boolean;
  /**
   * Whether a child process is shown by the pprofql of its parent, or grandparent, where both are preloaded; else it
   * opens a port of its own. `PPROFQL_JOIN` (`on`/`off`). @default true
   */
  joinsParent?: boolean;
  /**
   * Name of the service that the process is one of, in a fleet and as `service_name` in `/metrics`. `PPROFQL_SERVICE`.
   * @default `OTEL_SERVICE_NAME`, or `service.name` in `OTEL_RESOURCE_ATTRIBUTES`
   */
  service?: string;
  /**
   * The Redis or Valkey of a fleet, `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS: the
   * process announces itself there, and answers questions of `pprofql fleet`. `PPROFQL_FLEET`. A mounted handler
   * does not. @default none
   */
  fleet?: string;
  /**
   * Milliseconds for which a fleet keeps each point of the metrics history. `PPROFQL_FLEET_HISTORY_MS`.
   * @default 3_600_000, an hour
   */
  fleetHistoryMs?: number;
  /**
   * Milliseconds for which a fleet keeps a point for each 5 minutes, and what is known of a process that is gone.
   * `PPROFQL_FLEET_RETENTION_MS`. @default 86_400_000, a day
   */
  fleetRetentionMs?: number;
  /**
   * Tells the route of an HTTP/1 request, for frameworks that keep their pattern where it cannot be
   * found, such as Koa and Hono. Called in the program's thread, when somebody looks at requests that
   * are under way, and at their end. What it throws is caught, what is no text is left out, and one
   * that takes long is not called any more. Only in code. @default the framework's pattern, else the path
   */
  routeOf?: RouteOf;
}

/** Everything decided. Plain data but for the regular expressions, so it crosses to the sidecar. */
export type ResolvedOptions = Required<
  Omit<DiagnosticsOptions, 'token' | 'service' | 'fleet' | 'routeOf'>
> & {
  token: string | null;
  service: string | null;
  fleet: string | null;
};

/** With what only the observed thread can use, since functions do not cross to another. */
export type ObserverOptions = ResolvedOptions & { routeOf?: RouteOf };

export const DEFAULTS: ResolvedOptions = {
  port: 6060,
  host: '127.0.0.1',
  token: null,
  intervalMs: 10_000,
  historySize: 30,
  allowedHosts: [],
  allowedOrigins: [],
  asyncTracking: true,
  heapSampling: true,
  bufferSampling: true,
  heapSnapshots: false,
  heapSnapshotMemoryBytes: 2 * 1024 ** 3,
  heapSamplingIntervalBytes: 512 * 1024,
  overheadBudgetPercent: 2,
  pauseBudgetPercent: 2,
  maxTaskRecords: 10_000,
  maxCaptures: 10,
  stallThresholdMs: 1_000,
  maxCpuProfileSeconds: 60,
  sourceMaps: true,
  sourceMapMemoryBytes: 128 * 1024 ** 2,
  categoryRules: [],
  targets: [],
  blackBox: true,
  joinsParent: true,
  service: null,
  fleet: null,
  fleetHistoryMs: 3_600_000,
  fleetRetentionMs: 86_400_000,
};
