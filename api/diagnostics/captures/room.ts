/** The memory that captures take, and may take: the heap of a thread is limited, and who outgrows it is ended with all it keeps. */
import { getHeapStatistics } from 'node:v8';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import type { Profile } from '../../profile/profile.ts';
import type { CapturedMoment } from './capture.ts';

const SHARE_OF_HEAP = 1 / 4;
/** What pprofql's thread needs besides, with source maps and tasks as they are by default. */
const OTHERS_BYTES = 392 * BYTES_PER_MIB;

/**
 * For the captures of all targets: a quarter of the heap that the calling thread may have, or all but what others need
 * where that is more. A program's `--max-old-space-size` holds for each of its threads, whatever they were started with.
 */
export function captureRoomBytes(heapLimitBytes = getHeapStatistics().heap_size_limit): number {
  return Math.max(heapLimitBytes * SHARE_OF_HEAP, heapLimitBytes - OTHERS_BYTES);
}

/** The captures of one target. */
export interface Shelf {
  bytes(): number;
  dropOldest(): void;
}

/** What the captures of several targets share. Those of a target that is gone count until its memory is free. */
export class CaptureRoom {
  readonly mostBytes: number;
  readonly #shelves = new Set<WeakRef<Shelf>>();

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  add(shelf: Shelf): void {
    this.#shelves.add(new WeakRef(shelf));
  }

  /** Until so many more fit, the oldest goes of the target whose captures take most. */
  make(bytes: number): void {
    for (;;) {
      const sizes = this.#sizes().sort((one, other) => other.bytes - one.bytes);
      const keptBytes = sum(sizes.map((each) => each.bytes));
      if (keptBytes === 0 || keptBytes + bytes <= this.mostBytes) return;
      sizes[0]!.shelf.dropOldest();
    }
  }

  #sizes(): { shelf: Shelf; bytes: number }[] {
    return [...this.#shelves].flatMap((reference) => {
      const shelf = reference.deref();
      if (shelf === undefined) this.#shelves.delete(reference);
      return shelf === undefined ? [] : [{ shelf, bytes: shelf.bytes() }];
    });
  }
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
