/** What a saved file is, told by its content alone, and what there is to say about it. */
import { gunzipSync } from 'node:zlib';
import { type HotFunction, hotFunctions } from '../../analyzers/cpu/hot-functions.ts';
import type { CategoryRule } from '../../base/category-rule.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import {
  beginsLikeBox,
  checkedBox,
  cutOff,
  looksLikeBox,
} from '../../diagnostics/black-box/record/read.ts';
import type { BlackBox } from '../../diagnostics/black-box/record/record.ts';
import { type ExternalSnapshot, savedExternal } from '../../diagnostics/heap/external.ts';
import type { AllocationSnapshot } from '../../diagnostics/heap/types.ts';
import { parseLargeGoDump, parseLargeLog } from '../../go-dump/parse.ts';
import type { DumpText } from '../../go-dump/text/dump-text.ts';
import { toUtf8 } from '../../go-dump/text/encoding.ts';
import { DEFAULT_MAX_INFLATED_BYTES, decodeProfile } from '../../profile/decode/decode.ts';
import type { GoMemStats } from '../../profile/decode/go-mem-stats.ts';
import { isGzip } from '../../profile/decode/input-kind.ts';
import { goMemStatsIn } from '../../profile/decode/legacy-heap-text.ts';
import { readGoTextProfile, readPastedTextProfile } from '../../profile/decode/text-profile.ts';
import { type Profile, sampleTypeIndex } from '../../profile/profile.ts';
import {
  allocationsOf,
  DECODINGS,
  type GoroutinesOfDump,
  goroutinesOf,
} from '../decoding/decodings.ts';
import { profileFromCpuProfile, profileFromHeapProfile } from './devtools/file.ts';
import {
  checkedCpuProfile,
  checkedHeapProfile,
  looksLikeCpuProfile,
  looksLikeHeapProfile,
} from './devtools/json.ts';
import {
  type DiagnosticReport,
  isDiagnosticReport,
  readDiagnosticReport,
} from './diagnostic-report.ts';
import { lookOf, UNKNOWN_BINARY } from './look-of-file.ts';
import { goroutinesOfProfile, type StackTable, stackTableOf } from './stack-table.ts';

export interface CpuSummary {
  durationMs: number | null;
  samples: number;
  topFunctions: HotFunction[];
}

/** Buffers outside the heap, which a heap profile of pprofql has in columns of their own. */
export type SavedBuffers = Pick<
  ExternalSnapshot,
  'liveBytes' | 'totalBytes' | 'stackCount' | 'inuse' | 'top'
>;

export interface HeapAnalysis {
  kind: 'HEAP';
  allocations: AllocationSnapshot;
  external: SavedBuffers | null;
  /** Null where the file does not end with them: Go's text form alone does. */
  memStats: GoMemStats | null;
  /** Its text ends before all the stacks that its first line counts. */
  truncated: boolean;
}

export type Analysis =
  | { kind: 'GOROUTINES'; goroutines: GoroutinesOfDump }
  | HeapAnalysis
  | { kind: 'CPU'; cpu: CpuSummary }
  | { kind: 'STACKS'; stacks: StackTable }
  | { kind: 'REPORT'; report: DiagnosticReport }
  | { kind: 'BLACK_BOX'; box: BlackBox };

/** A file as the decodings take it: what Node and Chrome save as JSON is a profile like any other. */
export type FileContent =
  | { kind: 'BYTES'; bytes: Uint8Array }
  /** A dump that was not held as a whole: what is said of it is all there is. */
  | { kind: 'LARGE' }
  | { kind: 'PROFILE'; profile: Profile }
  | { kind: 'REPORT'; report: DiagnosticReport }
  | { kind: 'BLACK_BOX'; box: BlackBox };

export interface SavedFile {
  /** Unpacked. */
  bytes: Uint8Array;
  /** @default what `contentOf` finds in the bytes */
  content?: FileContent;
  savedAtMs: number;
  categoryRules?: readonly CategoryRule[];
}

const SNAPSHOT_START = /^\s*\{\s*"snapshot"\s*:/;
const SNIFFED_BYTES = 64;
const HEAD_BYTES = 64 * 1024;
const HEADER_WORD = 'goroutine ';
const NEWLINE = 0x0a;

/**
 * @param bytes unpacked
 * @throws DiagnosticsError `INVALID_INPUT` where it begins like a file of Node's and is not one, `LIMIT_EXCEEDED`
 */
export function contentOf(bytes: Uint8Array): FileContent {
  const json = jsonOf(bytes);
  if (json === null) {
    if (beginsLikeBox(Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1')))
      throw cutOff();
    return { kind: 'BYTES', bytes };
  }
  if (looksLikeBox(json)) return { kind: 'BLACK_BOX', box: checkedBox(json) };
  if (isDiagnosticReport(json)) return { kind: 'REPORT', report: readDiagnosticReport(json) };
  const profile = profileOf(json);
  return profile === null ? { kind: 'BYTES', bytes } : { kind: 'PROFILE', profile };
}

function profileOf(json: object): Profile | null {
  if (looksLikeCpuProfile(json)) return profileFromCpuProfile(checkedCpuProfile(json));
  return looksLikeHeapProfile(json) ? profileFromHeapProfile(checkedHeapProfile(json)) : null;
}

/** Null where it is no JSON object, or one that is only known to be large. */
function jsonOf(bytes: Uint8Array): object | null {
  const head = toUtf8(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  if (!head.trimStart().startsWith('{') || SNAPSHOT_START.test(head)) return null;
  try {
    const value: unknown = JSON.parse(toUtf8(bytes).toString('utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** @throws DiagnosticsError `INVALID_INPUT` where it is nothing that is known */
export function analyzeFile({
  bytes,
  content = contentOf(bytes),
  savedAtMs,
  categoryRules = [],
}: SavedFile): Analysis {
  if (content.kind === 'REPORT' || content.kind === 'BLACK_BOX') return content;
  const told = { savedAtMs, categoryRules, lines: 0 };
  if (content.kind === 'PROFILE') return analyzeProfile(content.profile, told);
  const text = readGoTextProfile(bytes);
  if (text !== null) return analyzeText(text, bytes, told);
  const profile = decodeIfProfile(bytes);
  if (!(profile instanceof DiagnosticsError)) return analyzeProfile(profile, told);
  const goroutines = DECODINGS.goroutines({ bytes, rules: categoryRules });
  const races = goroutines.go?.races ?? [];
  if (goroutines.stats.headers > 0 || races.length > 0) return { kind: 'GOROUTINES', goroutines };
  const pasted = readPastedTextProfile(bytes);
  if (pasted !== null) return analyzeProfile(pasted, { ...told, lines: linesOf(bytes) });
  const look = lookOf(bytes);
  // A profile that is damaged begins like any binary data: what its reader says may help.
  const detail = look === UNKNOWN_BINARY ? ` (as a profile: ${profile.message})` : '';
  const reason = `this looks like ${look}${detail}`;
  throw new DiagnosticsError('INVALID_INPUT', reason, { cause: profile });
}

/**
 * Of a dump that is too large to be held.
 * @returns null where it has to be held all the same: for what has to be taken off first, or because it is no dump
 */
export function analyzeLargeDump(text: DumpText): Analysis | null {
  const head = text.from(0, HEAD_BYTES);
  const plain = head.includes(HEADER_WORD) ? parseLargeGoDump(text, head) : null;
  const dump = plain ?? parseLargeLog(text, head);
  return dump === null ? null : { kind: 'GOROUTINES', goroutines: goroutinesOf(dump, []) };
}

function analyzeText(profile: Profile, bytes: Uint8Array, told: ToldOfFile): Analysis {
  const analysis = analyzeProfile(profile, { ...told, lines: linesOf(bytes) });
  if (analysis.kind !== 'HEAP') return analysis;
  return { ...analysis, memStats: goMemStatsIn(Buffer.from(bytes).toString('latin1')) };
}

interface ToldOfFile {
  savedAtMs: number;
  categoryRules: readonly CategoryRule[];
  /** 0 where it is no text. */
  lines: number;
}

function analyzeProfile(
  profile: Profile,
  { savedAtMs, categoryRules, lines }: ToldOfFile,
): Analysis {
  if (isCpuProfile(profile)) return { kind: 'CPU', cpu: summarizeCpu(profile) };
  const goroutines = goroutinesOfProfile(profile, lines, categoryRules);
  if (goroutines !== null) return { kind: 'GOROUTINES', goroutines };
  const stacks = stackTableOf(profile);
  if (stacks !== null) return { kind: 'STACKS', stacks };
  const atMs = profile.startedAtMs ?? savedAtMs;
  return {
    kind: 'HEAP',
    allocations: allocationsOf(profile, atMs),
    external: buffersOf(profile, atMs),
    memStats: null,
    truncated: profile.isTruncated ?? false,
  };
}

function buffersOf(profile: Profile, atMs: number): SavedBuffers | null {
  const external = savedExternal(profile, atMs);
  if (external === null) return null;
  const { liveBytes, totalBytes, stackCount, inuse, top } = external;
  return { liveBytes, totalBytes, stackCount, inuse, top };
}

/** @throws DiagnosticsError `INVALID_INPUT` where it is damaged, `LIMIT_EXCEEDED` where it unpacks to too much */
export function unpackIfGzip(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: DEFAULT_MAX_INFLATED_BYTES });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new DiagnosticsError(
          'LIMIT_EXCEEDED',
          `it unpacks to more than ${DEFAULT_MAX_INFLATED_BYTES} bytes`,
          { cause },
        )
      : new DiagnosticsError('INVALID_INPUT', 'its gzip data is damaged or cut off', { cause });
  }
}

function linesOf(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
}

function decodeIfProfile(bytes: Uint8Array): Profile | DiagnosticsError {
  try {
    return decodeProfile(bytes);
  } catch (error) {
    if (error instanceof DiagnosticsError) return error;
    throw error;
  }
}

function isCpuProfile(profile: Profile): boolean {
  return ['cpu', 'wall'].some((type) => sampleTypeIndex(profile, type) >= 0);
}

function summarizeCpu(profile: Profile): CpuSummary {
  const topFunctions = hotFunctions(profile);
  const column = sampleTypeIndex(profile, 'samples');
  return {
    durationMs: profile.durationMs ?? null,
    samples: profile.samples.reduce((sum, { values }) => sum + (values[column] ?? 0), 0),
    topFunctions,
  };
}
