/** A Go process that serves `net/http/pprof`. */

import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { CategoryRule } from '../../base/category-rule.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { GoMemStats } from '../../profile/decode/go-mem-stats.ts';
import { readGoMemStats } from '../../profile/decode/legacy-heap-text.ts';
import { readGoTextProfile } from '../../profile/decode/text-profile.ts';
import { UNTRACKED } from '../asked/untracked.ts';
import type { Decoder } from '../decoding/decoder.ts';
import type { HeapBytes } from '../decoding/decodings.ts';
import { stackTableOf } from '../files/stack-table.ts';
import type { TargetHttp } from '../remote/http.ts';
import type { TargetSource } from '../target.ts';
import { readExpvarMemStats } from './expvar.ts';
import { goReading } from './figures.ts';
import { readPrometheusText } from './prometheus-text.ts';

export interface GoSourceOptions {
  name: string;
  http: TargetHttp;
  decoder: Decoder;
  categoryRules: readonly CategoryRule[];
}

/** The newest answer, and the start of the process that it is of. */
interface Known {
  memStats: GoMemStats;
  instanceId: string;
}

/** Figures are asked for at every tick: a target that is slower than that is slow. */
const FIGURES_TIMEOUT_MS = 5_000;
/** Go walks all stacks for these, and stops the world meanwhile. */
const DUMP_TIMEOUT_MS = 30_000;
/** What a CPU profile may take beyond its own time. */
const CPU_PROFILE_EXTRA_MS = 10_000;

/** The statistics stand at the end of the text and take some 10 kB. */
const MEM_STATS_BYTES = 256 * 1024;
const INDEX_BYTES = 1024 ** 2;
const EXTRA_BYTES = 8 * 1024 ** 2;
const PROFILE_BYTES = 64 * 1024 ** 2;
/** Where Go itself cuts a dump. */
const DUMP_BYTES = 64 * 1024 ** 2;
const RAW_BYTES = 16 * 1024 ** 2;

/** A target without `/metrics` or `/debug/vars` may get them by a restart. */
const EXTRA_RETRY_MS = 60_000;

const GOROUTINE_ROW = /<td>(\d+)<\/td>\s*<td><a href=['"]?goroutine\b/;
const GOROUTINE_TOTAL = /^goroutine profile: total (\d+)/;

export function createGoSource({
  name,
  http,
  decoder,
  categoryRules,
}: GoSourceOptions): TargetSource {
  let instanceId = randomUUID();
  let last: Known | null = null;
  let intervalStartGc = 0;
  let program: Promise<string | null> | null = null;

  function malformed(what: string, cause?: unknown): DiagnosticsError {
    return new DiagnosticsError('TARGET_FAILED', `target ${name} answered ${what}`, { cause });
  }

  /** What some targets serve. Nothing depends on it: whatever is wrong with it, the rest is shown. */
  function extra<T>(path: string, parse: (text: string) => T | null): () => Promise<T | null> {
    let noneUntilMs = 0;
    return async () => {
      if (Date.now() < noneUntilMs) return null;
      const request = { path, timeoutMs: FIGURES_TIMEOUT_MS, maxBytes: EXTRA_BYTES };
      const found = await http(request)
        .then((bytes) => parse(bytes.toString('utf8')))
        .catch(() => null);
      if (found === null) noneUntilMs = Date.now() + EXTRA_RETRY_MS;
      return found;
    };
  }

  const readMetrics = extra('/metrics', readPrometheusText);
  const readPublishedMemStats = extra('/debug/vars', readExpvarMemStats);

  /** The heap profile, which has them too, costs the target a walk over all of its stacks. */
  async function readMemStats(): Promise<GoMemStats> {
    return (await readPublishedMemStats()) ?? readProfileMemStats();
  }

  async function readProfileMemStats(): Promise<GoMemStats> {
    const path = '/debug/pprof/heap?debug=1';
    const text = await http({
      path,
      timeoutMs: FIGURES_TIMEOUT_MS,
      maxBytes: MEM_STATS_BYTES,
      keepsEnd: true,
    });
    try {
      return readGoMemStats(text.toString('latin1'));
    } catch (error) {
      throw malformed(`${path} with something else: ${(error as Error).message}`, error);
    }
  }

  /** The list of profiles is the cheapest place that has it; a router may leave that out. */
  async function readGoroutineCount(): Promise<number> {
    const limits = { timeoutMs: FIGURES_TIMEOUT_MS, maxBytes: INDEX_BYTES };
    const index = await http({ path: '/debug/pprof/', ...limits, isPage: true }).catch(
      unlessMissing,
    );
    const row = GOROUTINE_ROW.exec(index?.toString('latin1') ?? '');
    if (row !== null) return Number(row[1]);
    const path = '/debug/pprof/goroutine?debug=1';
    const text = await http({ path, ...limits, maxBytes: PROFILE_BYTES });
    const total = GOROUTINE_TOTAL.exec(text.subarray(0, INDEX_BYTES).toString('latin1'));
    if (total === null) throw malformed(`${path} with something else`);
    return Number(total[1]);
  }

  /** Only the name: arguments may hold secrets. */
  async function readProgram(): Promise<string | null> {
    const request = { timeoutMs: FIGURES_TIMEOUT_MS, maxBytes: INDEX_BYTES };
    const line = await http({ path: '/debug/pprof/cmdline', ...request }).catch(unlessMissing);
    const [command = ''] = line?.toString('utf8').split('\0') ?? [];
    return posix.basename(command.replaceAll('\\', '/')) || null;
  }

  /**
   * What only grows has shrunk. Answers may overtake each other, so that each is compared with what
   * was known when it was asked for, and only the first to notice a restart counts it.
   */
  function noticeRestart(memStats: GoMemStats, known: Known | null): void {
    if (known?.instanceId !== last?.instanceId) return;
    const isRestarted = known !== null && hasShrunk(memStats, known.memStats);
    if (isRestarted) {
      instanceId = randomUUID();
      intervalStartGc = 0;
      program = null;
    } else if (last === null) {
      intervalStartGc = memStats.numGc;
    }
    const isNewest = isRestarted || last === null || !hasShrunk(memStats, last.memStats);
    if (isNewest) last = { memStats, instanceId };
  }

  /** Taken when it was asked for, or later. */
  async function readHeapBytes(): Promise<HeapBytes> {
    const collectedAtMs = Date.now();
    const request = { timeoutMs: DUMP_TIMEOUT_MS, maxBytes: PROFILE_BYTES };
    return { collectedAtMs, bytes: await http({ path: '/debug/pprof/heap', ...request }) };
  }

  return {
    kind: 'GO',
    async read({ closeInterval }) {
      const takenAtMs = Date.now();
      const known = last;
      const [memStats, goroutineCount, metrics] = await Promise.all([
        readMemStats(),
        readGoroutineCount(),
        readMetrics(),
      ]);
      noticeRestart(memStats, known);
      program ??= readProgram().catch(() => null);
      const answers = { takenAtMs, memStats, goroutineCount, metrics, instanceId, intervalStartGc };
      if (closeInterval) intervalStartGc = memStats.numGc;
      return goReading(name, { ...answers, program: await program });
    },
    readAllocations: async () => decoder.run('allocations', await readHeapBytes()),
    readHeap: async () => decoder.run('heap', await readHeapBytes()),
    async readGoroutines({ raw }) {
      const timestampMs = Date.now();
      const path = '/debug/pprof/goroutine?debug=2';
      const bytes = await http({ path, timeoutMs: DUMP_TIMEOUT_MS, maxBytes: DUMP_BYTES });
      const { stats, ...groups } = await decoder.run('goroutines', { bytes, rules: categoryRules });
      if (stats.headers === 0) throw malformed(`${path} with no goroutine dump`);
      return {
        ...groups,
        isExact: true,
        timestampMs,
        observation: { via: 'HTTP', measuredAtMs: timestampMs },
        raw: raw ? rawText(bytes) : null,
        instrumentation: UNTRACKED,
        dump: stats,
      };
    },
    /** As text: that alone says which profile of locks it is. */
    async readStackProfile(kind) {
      const readAtMs = Date.now();
      const path = `/debug/pprof/${kind.toLowerCase()}?debug=1`;
      const limits = { timeoutMs: DUMP_TIMEOUT_MS, maxBytes: EXTRA_BYTES };
      const text = await http({ path, ...limits }).catch(unlessMissing);
      if (text === null) return null;
      const profile = readGoTextProfile(text);
      const table = profile && stackTableOf(profile);
      if (table === null) throw malformed(`${path} with something else`);
      return { ...table, readAtMs };
    },
    async readCpuProfile({ seconds, signal }) {
      const bytes = await http({
        path: `/debug/pprof/profile?seconds=${Math.ceil(seconds)}`,
        timeoutMs: seconds * MS_PER_SECOND + CPU_PROFILE_EXTRA_MS,
        maxBytes: PROFILE_BYTES,
        signal,
      });
      return decoder.run('profile', { bytes });
    },
  };
}

function hasShrunk(now: GoMemStats, before: GoMemStats): boolean {
  return now.numGc < before.numGc || now.totalAlloc < before.totalAlloc;
}

function unlessMissing(error: unknown): null {
  if (error instanceof DiagnosticsError && error.code === 'NOT_FOUND') return null;
  throw error;
}

/** Cut at a whole goroutine. */
function rawText(bytes: Buffer): { text: string; isTruncated: boolean } {
  if (bytes.length <= RAW_BYTES) return { text: bytes.toString('utf8'), isTruncated: false };
  const end = bytes.lastIndexOf('\n\n', RAW_BYTES);
  return { text: bytes.toString('utf8', 0, end < 0 ? RAW_BYTES : end), isTruncated: true };
}
