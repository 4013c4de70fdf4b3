/** A moment of a process, kept to be compared with another. */
import type { HeapProfileSnapshot } from '../heap/types.ts';
import type { PprofSnapshot } from '../pprof.ts';
import type { GoroutineSnapshot } from '../tasks.ts';
import type { OutsideMoment } from './outside-diff.ts';

/** Memory, also outside the heap, tasks and figures of one moment, each read after it was asked for. */
export interface Capture extends OutsideMoment {
  /** Null for a moment that is not kept. */
  name: string | null;
  askedAtMs: number;
  /** Every stack; null where there is no heap sampler. */
  heap: HeapProfileSnapshot | null;
  /** Why `heap` is null; null where it is not. */
  heapUnavailable: string | null;
  tasks: Pick<GoroutineSnapshot, 'observation' | 'total' | 'groups' | 'instrumentation'>;
  pprof: PprofSnapshot;
  /** Name of the capture that was given up to make room for this one. */
  displaced: string | null;
}

/** A moment before it is kept. */
export type CapturedMoment = Omit<Capture, 'name' | 'displaced'>;
