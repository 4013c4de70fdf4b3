/** Where captures are kept by their names: here in memory, unless somebody keeps them elsewhere. */
import { DiagnosticsError } from '../../base/errors.ts';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import type { Capture, CapturedMoment } from './capture.ts';
import { CaptureRoom, captureBytes, captureRoomBytes, type Shelf } from './room.ts';

export interface KeptCaptures {
  /** Oldest first. */
  list(): Promise<Capture[]>;
  /**
   * In place of one of its name; the oldest ones go where there are too many, or those of all targets take too much memory.
   * @throws DiagnosticsError `LIMIT_EXCEEDED` for one that alone takes too much; then none goes
   */
  keep(name: string, moment: CapturedMoment): Promise<Capture>;
  /** False where there was none of this name. */
  delete(name: string): Promise<boolean>;
}

/** Of the calling thread. */
const ROOM = new CaptureRoom(captureRoomBytes());

export function createKeptCaptures(most: number, room = ROOM): KeptCaptures {
  /** In the order in which they were taken. */
  const kept = new Map<string, { capture: Capture; bytes: number }>();
  const oldest = () => kept.keys().next().value ?? null;
  const shelf: Shelf = {
    bytes: () => [...kept.values()].reduce((total, { bytes }) => total + bytes, 0),
    dropOldest: () => void kept.delete(oldest() ?? ''),
  };
  room.add(shelf);

  return {
    list: async () => [...kept.values()].map(({ capture }) => capture),
    async keep(name, moment) {
      const bytes = captureBytes(moment);
      if (bytes > room.mostBytes) throw tooLarge(bytes, room.mostBytes);
      kept.delete(name);
      const first = oldest();
      while (kept.size >= most) shelf.dropOldest();
      room.make(bytes);
      const displaced = first === oldest() ? null : first;
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
