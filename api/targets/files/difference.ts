/** What changed between two saved files of one kind. */
import { type AllocationDiff, diffAllocations } from '../../analyzers/diff/allocations.ts';
import type { ChangeTables } from '../../analyzers/diff/diff.ts';
import { diffFunctions, type FunctionDiffRow } from '../../analyzers/diff/functions.ts';
import { diffStacks, type StackDiffRow } from '../../analyzers/diff/stacks.ts';
import { diffTasks, type TaskDiff } from '../../analyzers/diff/tasks.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { savedExternal } from '../../diagnostics/heap/external.ts';
import type { IdentifiedGroup } from '../../diagnostics/tasks.ts';
import type { Finding } from '../../health/finding.ts';
import { decodeProfileOrText } from '../../profile/decode/text-profile.ts';
import type { Profile } from '../../profile/profile.ts';
import { heapOf, tellsStates } from '../decoding/decodings.ts';
import { type FigureChange, memStatsChanges, reportChanges } from './figure-changes.ts';
import { healthOfFile } from './health.ts';
import type { Analysis } from './saved-file.ts';
import type { AnalyzedFile } from './source.ts';

export type FileChange =
  | { kind: 'GOROUTINES'; tasks: TaskDiff<IdentifiedGroup> }
  /** `external` is null where not both tell of buffers. */
  | {
      kind: 'HEAP';
      allocations: AllocationDiff;
      external: AllocationDiff | null;
      /** Of Go's memory statistics; none where not both files have them. */
      figures: FigureChange[];
    }
  | { kind: 'CPU'; functions: ChangeTables<FunctionDiffRow> }
  | { kind: 'STACKS'; name: string; stacks: ChangeTables<StackDiffRow> }
  | { kind: 'REPORT'; figures: FigureChange[] };

export interface FileDiff {
  base: string;
  target: string;
  change: FileChange;
  /** What is wrong in one of them alone. */
  findings: { appeared: Finding[]; gone: Finding[] };
}

/** @throws DiagnosticsError `INVALID_INPUT` where they are not of one kind, or of none that can be compared */
export function diffFiles(base: AnalyzedFile, target: AnalyzedFile): FileDiff {
  const change = changeBetween(base, target);
  const before = healthOfFile(base)?.findings ?? [];
  const after = healthOfFile(target)?.findings ?? [];
  return {
    base: base.name,
    target: target.name,
    change,
    findings: { appeared: besides(after, before), gone: besides(before, after) },
  };
}

function changeBetween(base: AnalyzedFile, target: AnalyzedFile): FileChange {
  const [was, is] = [base.analysis, target.analysis];
  if (formOf(was) !== formOf(is)) {
    throw notAlike(`${base.name} is ${formOf(was)}, ${target.name} is ${formOf(is)}`);
  }
  if (was.kind === 'GOROUTINES' && is.kind === 'GOROUTINES') {
    return { kind: is.kind, tasks: diffTasks(was.goroutines.groups, is.goroutines.groups) };
  }
  if (was.kind === 'HEAP' && is.kind === 'HEAP') {
    const figures = was.memStats && is.memStats ? memStatsChanges(was.memStats, is.memStats) : [];
    return { ...heapChange(base, target), figures };
  }
  if (was.kind === 'CPU' && is.kind === 'CPU') {
    return { kind: is.kind, functions: diffFunctions(profileIn(base), profileIn(target)) };
  }
  if (was.kind === 'STACKS' && is.kind === 'STACKS') {
    const { name, rows } = is.stacks;
    return { kind: is.kind, name, stacks: diffStacks(was.stacks.rows, rows) };
  }
  if (was.kind === 'REPORT' && is.kind === 'REPORT') {
    return { kind: is.kind, figures: reportChanges(was.report, is.report) };
  }
  throw notAlike(`of ${formOf(is)} there is nothing to compare`);
}

/** What it is for people; two that are called the same can be compared. */
function formOf(analysis: Analysis): string {
  switch (analysis.kind) {
    case 'GOROUTINES':
      // What has no states is counted by other stacks.
      return tellsStates(analysis.goroutines) ? 'a goroutine dump' : 'a goroutine profile';
    case 'HEAP':
      return 'a heap profile';
    case 'CPU':
      return 'a CPU profile';
    case 'STACKS':
      return `a ${analysis.stacks.name} profile`;
    case 'REPORT':
      return 'a diagnostic report of Node';
    case 'BLACK_BOX':
      return 'a black box of pprofql';
  }
}

function notAlike(what: string): DiagnosticsError {
  return new DiagnosticsError(
    'INVALID_INPUT',
    `--diff compares two goroutine dumps, two profiles or two reports of the same kind: ${what}`,
  );
}

function heapChange(base: AnalyzedFile, target: AnalyzedFile) {
  const [was, is] = [base, target].map(
    (file) => heapOf(profileIn(file), file.savedAtMs).profile,
  ) as [Profile, Profile];
  const owners = { isOwnFile, isRuntimeFile };
  const buffersBefore = savedExternal(was, base.savedAtMs)?.profile;
  const buffersAfter = savedExternal(is, target.savedAtMs)?.profile;
  return {
    kind: 'HEAP' as const,
    allocations: diffAllocations(was, is, owners),
    external:
      buffersBefore === undefined || buffersAfter === undefined
        ? null
        : diffAllocations(buffersBefore, buffersAfter, owners),
  };
}

function profileIn({ content }: AnalyzedFile): Profile {
  if (content.kind === 'PROFILE') return content.profile;
  return decodeProfileOrText(content.kind === 'BYTES' ? content.bytes : new Uint8Array());
}

/** Two findings are one where they are of one kind and about one line: figures differ from file to file. */
function besides(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const known = new Set(others.map(nameOf));
  return findings.filter((finding) => !known.has(nameOf(finding)));
}

function nameOf({ kind, culprit }: Finding): string {
  return `${kind} ${culprit?.function} ${culprit?.file}:${culprit?.line}`;
}
