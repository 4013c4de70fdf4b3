/** The note that a process which is observed holds (`sidecar/note.ts`), as another one reads it. */
import { appendFileSync, readFileSync } from 'node:fs';
import { NOTE_NAME } from '../../base/files/temporary-names.ts';
import { descriptors, procPath } from '../../base/processes/proc.ts';
import type { Note } from '../../sidecar/note.ts';
import { factsOf } from './facts.ts';

export interface FoundNote extends Note {
  /** Where it can be written to. */
  path: string;
}

const ADDRESS = /^https?:\/\/[\w.:[\]-]+\/$/;

/** Where the process is observed: by itself, or by an ancestor; null where it is not, or it cannot be told. */
export function addressOf(pid: number): string | null {
  for (let at = pid; at > 0; at = factsOf(at)?.parentPid ?? 0) {
    const [note] = findNotes(at).filter(({ isEnding }) => !isEnding);
    if (note?.url != null) return note.url;
    // What an ancestor serves is of this process only where that says so itself.
    if (note === undefined && at === pid) return null;
  }
  return null;
}

/** All of them, one for each time that the diagnostics were started. */
export function findNotes(pid: number): FoundNote[] {
  return (descriptors(pid) ?? [])
    .filter(({ to }) => to.includes(`/${NOTE_NAME}`) && to.endsWith(' (deleted)'))
    .flatMap(({ fd }) => {
      const note = read(procPath(pid, `fd/${fd}`));
      return note === null ? [] : [note];
    });
}

/** Whoever holds it ends what it tells of, and lets go of it. */
export function askForEnd({ path }: FoundNote): void {
  appendFileSync(path, '\n');
}

function read(path: string): FoundNote | null {
  try {
    const { url, isDetachable, isEnding } = JSON.parse(readFileSync(path, 'utf8'));
    // What another process says is shown in a terminal.
    if (url !== null && !ADDRESS.test(String(url))) return null;
    return { url, isDetachable: isDetachable === true, isEnding: isEnding === true, path };
  } catch {
    return null;
  }
}
