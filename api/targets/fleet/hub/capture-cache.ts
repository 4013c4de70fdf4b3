/** Captures of all instances that were read lately, so that none is unpacked again at each look. */
import type { Capture } from '../../../diagnostics/captures/capture.ts';

export interface CaptureCache {
  /** @param which tells whether what is kept under the key is still the same */
  get(key: string, which: string): Capture | null;
  set(key: string, which: string, capture: Capture): void;
}

const MOST = 20;

export function createCaptureCache(): CaptureCache {
  /** Those that were used last come last. */
  const cached = new Map<string, { which: string; capture: Capture }>();

  function set(key: string, which: string, capture: Capture): void {
    cached.delete(key);
    cached.set(key, { which, capture });
    const [oldest] = cached.keys();
    if (cached.size > MOST) cached.delete(oldest!);
  }

  return {
    get(key, which) {
      const found = cached.get(key);
      if (found?.which !== which) return null;
      set(key, which, found.capture);
      return found.capture;
    },
    set,
  };
}
