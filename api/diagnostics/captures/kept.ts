/** Where captures are kept by their names: here in memory, unless somebody keeps them elsewhere. */
import type { Capture, CapturedMoment } from './capture.ts';

export interface KeptCaptures {
  /** Oldest first. */
  list(): Promise<Capture[]>;
  /** In place of one of its name; the oldest one goes where there are too many. */
  keep(name: string, moment: CapturedMoment): Promise<Capture>;
  /** False where there was none of this name. */
  delete(name: string): Promise<boolean>;
}

export function createKeptCaptures(most: number): KeptCaptures {
  /** In the order in which they were taken. */
  const kept = new Map<string, Capture>();
  return {
    list: async () => [...kept.values()],
    async keep(name, moment) {
      kept.delete(name);
      const [oldest] = kept.keys();
      const displaced = kept.size >= most ? (oldest ?? null) : null;
      if (displaced !== null) kept.delete(displaced);
      const capture = { ...moment, name, displaced };
      kept.set(name, capture);
      return capture;
    },
    delete: async (name) => kept.delete(name),
  };
}
