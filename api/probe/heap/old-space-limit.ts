/**
 * At how many bytes V8 gives up. Its `heap_size_limit` is that of the old and of the young generation
 * together, but objects that live on all end in the old one: with `--max-old-space-size=160` Node 26
 * tells 256 MiB, and ends the program at 160.
 */
import { math } from '../../base/numbers/math.ts';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';

export interface HeapLimitFacts {
  /** `v8.getHeapStatistics().heap_size_limit` */
  heapSizeLimitBytes: number;
  /** Of `process.versions.node`, such as 26. */
  nodeMajor: number;
  /** Options of V8 and Node, those of `NODE_OPTIONS` first: the last of a kind counts. */
  options: readonly string[];
  /** `resourceLimits` of a worker thread; absent in the main thread. */
  maxOldGenerationSizeMb?: number;
}

/** Two halves, and as much again for large objects that are young. */
const SEMI_SPACES = 3;
/** The largest half of the young generation, in MiB; by Node 26 and, as far as we know, later ones. */
const LARGEST_SEMI_SPACE_MIB = 32;
const LARGEST_SEMI_SPACE_MIB_BY_NODE: ReadonlyMap<number, number> = new Map([
  [22, 16],
  [24, 64],
]);
/** The old generation is at least this many times as large as one half of the young. */
const OLD_TO_SEMI_SPACE = 64;

export function oldSpaceLimitBytes(facts: HeapLimitFacts): number {
  const { heapSizeLimitBytes, maxOldGenerationSizeMb } = facts;
  const toldMib = maxOldGenerationSizeMb ?? sizeOption(facts.options, 'max-old-space-size');
  // What is told may be overruled by what this does not know of: then it does not fit the whole.
  const isFitting =
    toldMib !== null && toldMib > 0 && toldMib * BYTES_PER_MIB <= heapSizeLimitBytes;
  if (isFitting) return toldMib * BYTES_PER_MIB;
  return heapSizeLimitBytes - youngBytes(facts);
}

function youngBytes({ heapSizeLimitBytes, nodeMajor, options }: HeapLimitFacts): number {
  const toldMib = sizeOption(options, 'max-semi-space-size');
  const isFitting = toldMib !== null && toldMib > 0;
  const largestMib = LARGEST_SEMI_SPACE_MIB_BY_NODE.get(nodeMajor) ?? LARGEST_SEMI_SPACE_MIB;
  const semiSpaceBytes = isFitting
    ? toldMib * BYTES_PER_MIB
    : math.min(largestMib * BYTES_PER_MIB, heapSizeLimitBytes / (OLD_TO_SEMI_SPACE + SEMI_SPACES));
  return math.min(SEMI_SPACES * semiSpaceBytes, heapSizeLimitBytes / 2);
}

/** For example `--max_old_space_size=160` → 160. */
function sizeOption(options: readonly string[], name: string): number | null {
  const values = options.flatMap((option) => {
    const [key = '', value] = option.split('=');
    return key.replaceAll('_', '-') === `--${name}` && value !== undefined ? [Number(value)] : [];
  });
  const last = values.at(-1);
  return last === undefined || !Number.isFinite(last) ? null : last;
}
