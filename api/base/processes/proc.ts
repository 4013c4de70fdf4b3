/** What Linux tells of a process, read from `/proc`; null for what it does not tell this user. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export const procPath = (pid: number, file: string): string => `/proc/${pid}/${file}`;

export function procText(pid: number, file: string): string | null {
  try {
    return readFileSync(procPath(pid, file), 'utf8');
  } catch {
    return null;
  }
}

export function procLink(pid: number | 'self', file: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/${file}`);
  } catch {
    return null;
  }
}

function procNames(pid: number, folder: string): string[] | null {
  try {
    return readdirSync(procPath(pid, folder));
  } catch {
    return null;
  }
}

/** The parts of a file whose entries end with a zero byte. For example `node\0app.js\0` → `['node', 'app.js']`. */
export function procList(pid: number, file: string): string[] {
  // A title that a process has given itself is filled up with zeros.
  const text = (procText(pid, file) ?? '').replace(/\0+$/, '');
  return text === '' ? [] : text.split('\0');
}

/** Every process that there is. */
export function allPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Each descriptor with what it leads to; null where this user may not see them. */
export function descriptors(pid: number): { fd: string; to: string }[] | null {
  const names = procNames(pid, 'fd');
  if (names === null) return null;
  return names.flatMap((fd) => {
    const to = procLink(pid, `fd/${fd}`);
    return to === null ? [] : [{ fd, to }];
  });
}

/** A file of each thread of a process; empty where this user may not see them. */
export function threadTexts(pid: number, file: string): string[] {
  const threads = procNames(pid, 'task') ?? [];
  return threads.flatMap((thread) => procText(pid, `task/${thread}/${file}`) ?? []);
}
