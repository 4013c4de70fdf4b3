/**
 * A capture as it stands on the engine: a line that tells which one it is, then all of it, packed. Its times are by the clock of
 * the engine.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { frames } from '../../../../diagnostics/black-box/record/read.ts';
import {
  aNumber,
  aText,
  listOf,
  orNull,
  recordOf,
} from '../../../../diagnostics/black-box/record/shape.ts';
import type { Capture, CapturedMoment } from '../../../../diagnostics/captures/capture.ts';
import type { MadeRow } from '../../../../diagnostics/captures/made.ts';
import type { HeapProfileSnapshot } from '../../../../diagnostics/heap/types.ts';
import { pprof } from './figures.ts';
import { profile, toldProfile } from './profile.ts';
import { tasks } from './tasks.ts';

export interface CaptureHead {
  name: string;
  askedAtMs: number;
}

/** Of one as it is kept. */
export const MOST_CAPTURE_BYTES = 512 * 1024;
/** Of its first line: a name of a hundred characters, each of them written as an escape at worst. */
export const MOST_HEAD_BYTES = 1_024;
const MOST_UNPACKED_BYTES = 24 * 1024 ** 2;
/** In UTF-8, of what is one in a string. */
const LONGEST_CHARACTER_BYTES = 3;
const MOST_MADE_ROWS = 20_000;
const NEWLINE = 0x0a;

const head = recordOf<CaptureHead>({ name: aText, askedAtMs: aNumber });

const heap = recordOf<HeapProfileSnapshot>({
  collectedAtMs: aNumber,
  pauseMs: orNull(aNumber),
  samplingIntervalBytes: orNull(aNumber),
  rotations: orNull(aNumber),
  profile,
  cumulativeUnavailable: orNull(aText),
});

const madeRow = recordOf<MadeRow>({
  key: aText,
  kind: aText,
  frames,
  kept: aNumber,
  keptBytes: aNumber,
});

const moment = recordOf<CapturedMoment>({
  askedAtMs: aNumber,
  heap: orNull(heap),
  heapUnavailable: orNull(aText),
  external: orNull(recordOf({ profile })),
  made: orNull(listOf(madeRow, MOST_MADE_ROWS)),
  tasks,
  pprof,
});

/**
 * @param aheadMs of the clock of the engine before this one
 * @returns null where it is larger than may be kept
 */
export function writeCapture(name: string, told: CapturedMoment, aheadMs: number): Buffer | null {
  const moved = movedBy(told, aheadMs);
  const { askedAtMs, heap, external, made, heapUnavailable, tasks, pprof } = moved;
  const text = JSON.stringify({
    askedAtMs,
    heap: heap && { ...heap, profile: toldProfile(heap.profile) },
    heapUnavailable,
    external: external && { profile: toldProfile(external.profile) },
    made,
    tasks,
    pprof,
  });
  if (text.length > MOST_UNPACKED_BYTES / LONGEST_CHARACTER_BYTES) return null;
  const packed = gzipSync(text);
  const written = Buffer.concat([Buffer.from(`${JSON.stringify({ name, askedAtMs })}\n`), packed]);
  return written.length > MOST_CAPTURE_BYTES ? null : written;
}

/** Null for what is none. @param beginning of a capture, so long at least as a head may be */
export function readHead(beginning: Buffer): CaptureHead | null {
  const end = beginning.subarray(0, MOST_HEAD_BYTES).indexOf(NEWLINE);
  if (end < 0) return null;
  try {
    return head(JSON.parse(beginning.toString('utf8', 0, end)), '');
  } catch {
    return null;
  }
}

/**
 * Null for what is none: anybody may have written it.
 * @param aheadMs as for `writeCapture`
 */
export function readCapture(written: Buffer, aheadMs: number): Capture | null {
  const told = readHead(written);
  if (told === null || written.length > MOST_CAPTURE_BYTES) return null;
  try {
    const packed = written.subarray(written.indexOf(NEWLINE) + 1);
    const text = gunzipSync(packed, { maxOutputLength: MOST_UNPACKED_BYTES }).toString('utf8');
    const read = movedBy(moment(JSON.parse(text), ''), -aheadMs);
    return { ...read, name: told.name, displaced: null };
  } catch {
    return null;
  }
}

/** By a clock that is so many milliseconds before the one that its times are by. */
function movedBy(told: CapturedMoment, aheadMs: number): CapturedMoment {
  const moved = (atMs: number) => atMs + aheadMs;
  const observed = <T extends { observation: { measuredAtMs: number } }>(read: T): T => ({
    ...read,
    observation: { ...read.observation, measuredAtMs: moved(read.observation.measuredAtMs) },
  });
  const { heap, tasks, pprof } = told;
  const movedIfKnown = (atMs: number | null) => (atMs === null ? null : moved(atMs));
  const { timestampMs, figures, process, heapObjectsAtMs = pprof.observation.measuredAtMs } = pprof;
  const { takenAtMs, liveTasksAtMs = takenAtMs } = figures;
  return {
    ...told,
    askedAtMs: moved(told.askedAtMs),
    heap: heap && { ...heap, collectedAtMs: moved(heap.collectedAtMs) },
    tasks: observed(tasks),
    pprof: {
      ...observed(pprof),
      timestampMs: moved(timestampMs),
      figures: {
        ...figures,
        takenAtMs: moved(takenAtMs),
        liveTasksAtMs: movedIfKnown(liveTasksAtMs),
      },
      heapObjectsAtMs: movedIfKnown(heapObjectsAtMs),
      process: {
        ...process,
        startedAtMs: movedIfKnown(process.startedAtMs),
      },
    },
  };
}
