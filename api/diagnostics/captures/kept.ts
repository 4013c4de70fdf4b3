/** Where captures are kept by their names: here in memory, unless somebody keeps them elsewhere. */
import { DiagnosticsError } from '../../base/errors.ts';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import type { Capture, CapturedMoment } from './capture.ts';
import { captureBytes, captureRoomBytes } from './room.ts';

export interface KeptCaptures {
  /** Oldest first. */
  list(): Promise<Capture[]>;
  /**
   * In place of one of its name; the oldest ones go where there are too many, or they take too much memory.
   * @throws DiagnosticsError `LIMIT_EXCEEDED` for one that alone takes too much; then none goes
   */
  keep(name: string, moment: CapturedMoment): Promise<Capture>;
  /** False where there was none of this name. */
  delete(name: string): Promise<boolean>;
}

export function createKeptCaptures(most: number, mostBytes = captureRoomBytes()): KeptCaptures {
  /** In the order in which they were taken. */
  const kept = new Map<string, { capture: Capture; bytes: number }>();

  function hasRoomFor(bytes: number): boolean {
    const keptBytes = [...kept.values()].reduce((total, each) => total + each.bytes, 0);
    return kept.size < most && keptBytes + bytes <= mostBytes;
  }

  return {
    list: async () => [...kept.values()].map(({ capture }) => capture),
    async keep(name, moment) {
      const bytes = captureBytes(moment);
      if (bytes > mostBytes) throw tooLarge(bytes, mostBytes);
      kept.delete(name);
      let displaced: string | null = null;
      for (const oldest of kept.keys()) {
        if (hasRoomFor(bytes)) break;
        kept.delete(oldest);
        displaced ??= oldest;
      }
      const capture = { ...moment, name, displaced };
      kept.set(name, { capture, bytes });
      return capture;
    },
    delete: async (name) => kept.delete(name),
  };
}

function tooLarge(bytes: number, mostBytes: number): DiagnosticsError {
  const [needed, allowed] = [bytes, mostBytes].map((each) => Math.round(each / BYTES_PER_MIB));
  return new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `the capture takes about ${needed} MiB, where the heap of the thread that keeps it has ${allowed} MiB for captures: a larger --max-old-space-size of the program gives it more`,
  );
}
