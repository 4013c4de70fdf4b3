/** Reads a black box, whoever wrote it. */
import {
  ALLOCATION_FIGURES,
  type AllocationFigures,
} from '../../../analyzers/allocations/allocations.ts';
import { METRIC_ENTRIES, type MetricValues } from '../../../analyzers/metrics/metrics.ts';
import { DiagnosticsError } from '../../../base/errors.ts';
import { knownStallState } from '../../../health/evidence/loop.ts';
import {
  type Finding,
  type FindingKind,
  HEALTH_STATUSES,
  knownKind,
} from '../../../health/finding.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { IdentifiedRow } from '../../heap/types.ts';
import type { HistoryPoint } from '../../history/point.ts';
import type { Stall, StallStack } from '../../stalls/types.ts';
import {
  type BlackBox,
  type BoxAllocations,
  type BoxEnd,
  type BoxError,
  type BoxKernel,
  type BoxMemory,
  type BoxProcess,
  type BoxTaskGroup,
  FORMAT,
  MAX_BOX_BYTES,
} from './record.ts';
import {
  aNumber,
  aText,
  aTruth,
  type Check,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  recordOf,
} from './shape.ts';

const MARK = 'pprofqlBlackBox';

export const frame = recordOf<Frame>({
  function: aText,
  file: aText,
  line: aNumber,
  column: orAbsent(aNumber),
  path: orAbsent(aText),
});
export const frames = listOf(frame, 200);

export const findingKind: Check<FindingKind> = (value, name) => knownKind(aText(value, name));

export const finding = recordOf<Finding>({
  id: aText,
  kind: findingKind,
  severity: oneOf(HEALTH_STATUSES),
  sinceMs: aNumber,
  sentence: aText,
  culprit: orNull(frame),
  stack: frames,
  routes: listOf(recordOf({ route: aText, count: aNumber })),
  count: orNull(aNumber),
  bytes: orNull(aNumber),
  nextStep: aText,
});

const figures = Object.fromEntries(
  Object.entries(ALLOCATION_FIGURES).map(([name, told]) => [
    name,
    told === 'known' ? aNumber : orNull(aNumber),
  ]),
) as { [Name in keyof AllocationFigures]: Check<AllocationFigures[Name]> };
const row = recordOf<IdentifiedRow>({ ...figures, stackId: aText, frames });

const metrics = Object.fromEntries(METRIC_ENTRIES.map(([name]) => [name, orNull(aNumber)])) as {
  [Name in keyof MetricValues]: Check<number | null>;
};
const point = recordOf<HistoryPoint>({
  ...metrics,
  sequence: aNumber,
  timestampMs: aNumber,
  instanceId: aText,
  isResponding: aTruth,
  isProfiled: aTruth,
  blockedForMs: orNull(aNumber),
});

const stall = recordOf<Stall>({
  id: aText,
  startedAtMs: aNumber,
  durationMs: orNull(aNumber),
  state: (value, name) => knownStallState(aText(value, name)),
  looks: aNumber,
  nativeLooks: aNumber,
  droppedLooks: aNumber,
  stacks: listOf(
    recordOf<StallStack>({ frames, looks: aNumber, seenAtMs: aNumber, isNativeCaller: aTruth }),
  ),
  sentence: aText,
});

const boxError = recordOf<BoxError>({ name: aText, frames, atMs: aNumber });
export const boxEnd: Check<BoxEnd> = recordOf<BoxEnd>({
  atMs: aNumber,
  exitCode: orNull(aNumber),
  error: orNull(boxError),
  signal: orNull(aText),
});

const boxProcess = recordOf<BoxProcess>({
  pid: aNumber,
  startedAtMs: aNumber,
  startTicks: orNull(aNumber),
  bootId: orNull(aText),
  pidNamespace: orNull(aText),
  title: aText,
  entryFile: orNull(aText),
  cwd: aText,
  programRoot: orNull(aText),
  nodeVersion: aText,
  pprofqlVersion: orNull(aText),
  platform: aText,
  arch: aText,
  isAttended: orNull(aTruth),
});

const box = recordOf<Omit<BlackBox, 'format'>>({
  program: aText,
  intervalMs: aNumber,
  writtenAtMs: aNumber,
  process: boxProcess,
  memory: orNull(
    recordOf<BoxMemory>({
      takenAtMs: aNumber,
      heapUsedBytes: aNumber,
      oldSpaceUsedBytes: aNumber,
      heapLimitBytes: aNumber,
      externalBytes: aNumber,
      arrayBuffersBytes: aNumber,
      rssBytes: aNumber,
    }),
  ),
  handlesStops: orNull(aTruth),
  guessedOldSpaceBytes: orNull(aNumber),
  rssBytes: aNumber,
  kernel: recordOf<BoxKernel>({
    killsForMemory: orNull(aNumber),
    killsOnMachine: orNull(aNumber),
    memoryLimitBytes: orNull(aNumber),
  }),
  history: listOf(point),
  allocations: orNull(
    recordOf<BoxAllocations>({
      collectedAtMs: aNumber,
      liveBytes: aNumber,
      samplingIntervalBytes: orNull(aNumber),
      rows: listOf(row),
    }),
  ),
  tasks: orNull(listOf(recordOf<BoxTaskGroup>({ state: aText, count: aNumber, frames }))),
  findings: listOf(finding),
  lastStall: orNull(stall),
  end: orNull(boxEnd),
});

/** Whether it begins like a black box, whatever the rest is. */
export function looksLikeBox(value: object): boolean {
  return MARK in value;
}

/** Whether a text does that is no JSON, being cut off. */
export function beginsLikeBox(text: string): boolean {
  return text.startsWith(`{"${MARK}"`);
}

/** @throws DiagnosticsError `INVALID_INPUT` that names what is not as it should be */
export function checkedBox(value: object): BlackBox {
  const format = (value as Record<string, unknown>)[MARK];
  if (format !== FORMAT) {
    const words = typeof format === 'number' ? String(format) : 'unknown';
    throw invalid(
      `this is a black box of another version of pprofql (format ${words}, this one reads ${FORMAT})`,
    );
  }
  try {
    return { format: FORMAT, ...box(value, '') };
  } catch (error) {
    throw invalid(
      `this looks like a black box of pprofql, but is damaged: ${(error as Error).message}`,
    );
  }
}

/** @throws DiagnosticsError `INVALID_INPUT` where it is none, is cut off, or of another version */
export function parseBox(text: string): BlackBox {
  if (text.length > MAX_BOX_BYTES) throw invalid('it is too large for a black box of pprofql');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw beginsLikeBox(text) ? cutOff() : invalid('it is no black box of pprofql');
  }
  if (typeof value !== 'object' || value === null || !looksLikeBox(value)) {
    throw invalid('it is no black box of pprofql');
  }
  return checkedBox(value);
}

/** Of one whose beginning alone is there. */
export function cutOff(): DiagnosticsError {
  return invalid('this is a black box of pprofql, but is cut off in the middle');
}

function invalid(message: string): DiagnosticsError {
  return new DiagnosticsError('INVALID_INPUT', message);
}

/** As `parseBox` reads it. */
export function markedText(encoded: string): string {
  return `{"${MARK}":${FORMAT},${encoded.slice(1)}`;
}
