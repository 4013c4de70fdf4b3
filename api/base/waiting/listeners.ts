import type { Hurry } from './deadline.ts';

/** Those that want to be called back, until they do no more. */
export function listeners(): { add: Hurry; call: () => void } {
  const added = new Set<() => void>();
  return {
    add(listener) {
      added.add(listener);
      return () => added.delete(listener);
    },
    call() {
      for (const listener of [...added]) listener();
    },
  };
}
