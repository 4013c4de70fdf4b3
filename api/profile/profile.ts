/**
 * The profile model every analyzer works on. It knows neither V8 nor Go: a heap read of the
 * observed isolate (`from-readings/heap.ts`) and a profile.proto file (`decode/decode.ts`) both become one.
 */

/** One place in the code. Frames are interned: equal places are one entry of `Profile.frames`. */
export interface Frame {
  /** Function name as the runtime gives it; `(anonymous)` where it has none. */
  function: string;
  /** Path or URL of the script; empty where the runtime gives none. */
  file: string;
  /** 1-based line; 0 where unknown. */
  line: number;
  /** 1-based column; only where the runtime gives one. */
  column?: number;
  /** `file` as people read it, relative to the program's folder; absent where that is unknown. */
  path?: string;
}

export interface ValueType {
  /** For example `alloc_space`, `inuse_objects`, `cpu`. */
  type: string;
  /** For example `bytes`, `count`, `nanoseconds`. */
  unit: string;
}

/** How far an amount of bytes can be trusted that a sampler estimated. Amounts add up, and so does this. */
export interface Evidence {
  /** Sampled objects that it was estimated from; a fraction where only a part of them may be live. */
  samples: number;
  /** Of the estimate, in bytes squared. */
  variance: number;
  /** By how many bytes it may be off besides, for reasons that are not chance. */
  doubtBytes: number;
}

/** The evidence for both amounts of a heap profile. */
export interface HeapEvidence {
  live: Evidence;
  cumulative: Evidence;
}

export interface Sample {
  /** Indexes into `Profile.frames`, leaf (top) frame first. */
  stack: ArrayLike<number>;
  /** One number per `Profile.sampleTypes` entry, in its unit. */
  values: ArrayLike<number>;
  /** What else is known about it, for example `{ route: 'GET /users/:id' }`. */
  labels?: Readonly<Record<string, string>>;
  /** Of a heap profile; only where it is known how the bytes were estimated. */
  evidence?: HeapEvidence;
}

export interface Profile {
  sampleTypes: ValueType[];
  frames: Frame[];
  samples: Sample[];
  /** What one sample stands for, and how much of it; only where the file says so. */
  periodType?: ValueType;
  period?: number;
  /** Milliseconds since 1970; only where the file says so. */
  startedAtMs?: number;
  durationMs?: number;
  comments?: string[];
  /** The text ends before all that its first line counts; absent where nothing tells. */
  isTruncated?: boolean;
  /** The sample type that its producer would show first. */
  defaultSampleType?: string;
}

/** Index of the value of this type in every sample, or -1; the last one where a type stands twice. */
export function sampleTypeIndex(profile: Profile, type: string): number {
  return profile.sampleTypes.findLastIndex((sampleType) => sampleType.type === type);
}
