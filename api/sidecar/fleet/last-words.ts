/** The black box of the process as it stands on its disk, packed for a fleet. */
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { MAX_BOX_BYTES } from '../../diagnostics/black-box/record/record.ts';

export interface LastWords {
  /** Null where there is none, or none since the last one. Never throws. */
  read(): Buffer | null;
}

/** @param file gives where it is written; null while it is not */
export function createLastWords(file: () => string | null): LastWords {
  let readOfMs = 0;
  return {
    read() {
      const path = file();
      if (path === null) return null;
      try {
        const { mtimeMs, size } = statSync(path);
        if (mtimeMs === readOfMs || size > MAX_BOX_BYTES) return null;
        // Here and now: what is done elsewhere is done by threads that the program needs.
        const packed = gzipSync(readFileSync(path));
        readOfMs = mtimeMs;
        return packed;
      } catch {
        return null;
      }
    },
  };
}
