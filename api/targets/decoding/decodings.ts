/** What is made of a target's bytes. Pure, so that large inputs can be decoded on another thread. */
import type { CategoryRule } from '../../base/category-rule.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { allocationSnapshot } from '../../diagnostics/heap/allocations.ts';
import type { AllocationSnapshot, HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import { groupIds } from '../../diagnostics/stack-id.ts';
import type { GoroutineSnapshot, IdentifiedGroup } from '../../diagnostics/tasks.ts';
import { type GoFacts, goFactsOf } from '../../go-dump/facts.ts';
import { goDumpGroups } from '../../go-dump/groups/groups.ts';
import { isNodeDump, nodeDumpGroups } from '../../go-dump/groups/node-dump.ts';
import { type GoDump, type GoDumpStats, parseGoDump } from '../../go-dump/parse.ts';
import { type DecodeOptions, decodeProfile } from '../../profile/decode/decode.ts';
import { decodeProfileOrText } from '../../profile/decode/text-profile.ts';
import { heapProfileOrThrow } from '../../profile/heap-profile.ts';
import type { Profile } from '../../profile/profile.ts';
import { withRateEvidence } from '../../profile/rate-evidence.ts';

export interface GoroutinesOfDump extends Pick<GoroutineSnapshot, 'total' | 'groups' | 'summary'> {
  stats: GoDumpStats;
  /** Null for a dump of pprofql's own. */
  go: GoFacts | null;
}

/** A profile in profile.proto form, gzipped or not, or as Go's text. */
export interface HeapBytes {
  bytes: Uint8Array;
  /** When it was read; null where the profile says it. */
  collectedAtMs: number | null;
}

const CREATOR = 'created by ';
const NO_CUMULATIVE = 'this heap profile holds live objects only';

export const DECODINGS = { goroutines, allocations, heap, profile };

/** @throws DiagnosticsError as `decodeProfile` does */
function profile({ bytes, ...options }: { bytes: Uint8Array } & DecodeOptions): Profile {
  return decodeProfile(bytes, options);
}

/** @throws DiagnosticsError as `decodeProfile`, and `INVALID_INPUT` where it is no heap profile */
function heap({ bytes, collectedAtMs }: HeapBytes): HeapProfileSnapshot {
  return heapOf(decodeProfileOrText(bytes), collectedAtMs);
}

/** @throws DiagnosticsError `INVALID_INPUT` where it is no heap profile, or nobody knows of when it is */
export function heapOf(profile: Profile, collectedAtMs: number | null): HeapProfileSnapshot {
  const decoded = withRateEvidence(heapProfileOrThrow(profile));
  const readAtMs = collectedAtMs ?? decoded.startedAtMs;
  if (readAtMs === undefined) {
    throw new DiagnosticsError('INVALID_INPUT', 'the heap profile does not say when it was read');
  }
  const hasCumulative = decoded.sampleTypes.some(({ type }) => type === 'alloc_space');
  return {
    collectedAtMs: readAtMs,
    pauseMs: null,
    samplingIntervalBytes: decoded.period ?? null,
    rotations: null,
    profile: decoded,
    cumulativeUnavailable: hasCumulative ? null : NO_CUMULATIVE,
  };
}

/** @throws as `heap` */
function allocations({ bytes, collectedAtMs }: HeapBytes): AllocationSnapshot {
  return allocationsOf(decodeProfileOrText(bytes), collectedAtMs);
}

/** @throws as `heapOf` */
export function allocationsOf(profile: Profile, collectedAtMs: number | null): AllocationSnapshot {
  return allocationSnapshot(heapOf(profile, collectedAtMs), {});
}

/** Never throws; `stats.headers` is 0 where it is no dump. */
function goroutines({
  bytes,
  rules,
}: {
  bytes: Uint8Array;
  rules: readonly CategoryRule[];
}): GoroutinesOfDump {
  return goroutinesOf(parseGoDump(bytes), rules);
}

/** What there is to say about a dump. */
export function goroutinesOf(dump: GoDump, rules: readonly CategoryRule[]): GoroutinesOfDump {
  const isNode = isNodeDump(dump);
  const grouped = isNode ? nodeDumpGroups(dump, { rules }) : goDumpGroups(dump, { rules });
  const { total, groups, summary } = grouped;
  return {
    total,
    summary,
    stats: dump.stats,
    go: isNode ? null : goFactsOf(dump, groups),
    groups: groups.map(
      (group): IdentifiedGroup => ({
        ...group,
        topFrame: group.topFrame?.function.startsWith(CREATOR)
          ? (group.frames[0] ?? null)
          : group.topFrame,
        ...groupIds(group),
      }),
    ),
  };
}

/** Whether it says what each waits for: profiles only count. */
export function tellsStates({ groups }: Pick<GoroutinesOfDump, 'groups'>): boolean {
  return groups.some(({ oldestWaitMs }) => oldestWaitMs !== null);
}
