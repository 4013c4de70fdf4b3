/** The memory that captures take, and may take: the heap of a thread is limited, and who outgrows it is ended with all it keeps. */
import { getHeapStatistics } from 'node:v8';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import type { Profile } from '../../profile/profile.ts';
import type { CapturedMoment } from './capture.ts';

const SHARE_OF_HEAP = 1 / 4;
/** What pprofql's thread needs besides, with source maps and tasks as they are by default. */
const OTHERS_BYTES = 392 * BYTES_PER_MIB;

/**
 * For the captures of one target: a quarter of the heap that the calling thread may have, or all but what others need
 * where that is more. A program's `--max-old-space-size` holds for each of its threads, whatever they were started with.
 */
export function captureRoomBytes(heapLimitBytes = getHeapStatistics().heap_size_limit): number {
  return Math.max(heapLimitBytes * SHARE_OF_HEAP, heapLimitBytes - OTHERS_BYTES);
}

/** By how much the heap grew with captures of some 3,000 stacks or groups of tasks, garbage collected before and after. */
const SAMPLE_BYTES = 750;
const GROUP_BYTES = 600;
const FRAME_BYTES = 120;

/** About what it takes in the heap. */
export function captureBytes({ heap, external, made, tasks }: CapturedMoment): number {
  const profiles = [heap, external].flatMap((read) => (read === null ? [] : [read.profile]));
  const groups = [...tasks.groups, ...(made ?? [])];
  return sum(profiles.map(profileBytes)) + sum(groups.map(groupBytes));
}

function profileBytes({ samples, frames }: Profile): number {
  return samples.length * SAMPLE_BYTES + frames.length * FRAME_BYTES;
}

function groupBytes({ frames }: { frames: readonly unknown[] }): number {
  return GROUP_BYTES + frames.length * FRAME_BYTES;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
