/** Which pprofql this is. */
import { readFileSync } from 'node:fs';

/** Null where it cannot be read. */
export function ownVersion(): string | null {
  try {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return String(JSON.parse(manifest).version);
  } catch {
    return null;
  }
}
