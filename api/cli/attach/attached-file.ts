/** What a process loads that is attached to: in the folder of this package, wherever that is. */
import { fileURLToPath } from 'node:url';

export function attachedFile(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(
    new URL(isSource ? '../../attached.ts' : '../../attached.js', import.meta.url),
  );
}
