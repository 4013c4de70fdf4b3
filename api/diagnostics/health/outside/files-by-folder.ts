/** In which folders open files are, by what Linux says that descriptors lead to. */
import { dirname } from 'node:path';
import type { OpenFilesEvidence } from '../../../health/evidence/outside.ts';

const MOST_TOLD = 3;
/** One file has so many of its folder: then that is told alone. */
const ONE_FILE_SHARE = 0.8;
/** Devices, and what the kernel shows as files. */
const NO_FILE = /^\/(?:dev|proc|sys)\//;
const DELETED = / \(deleted\)$/;

/**
 * By folder, or by file where one makes nearly all of its folder.
 * Example: `/data/a`, `/data/b`, `/etc/c`, `/etc/c`, `socket:[7]` → `/data` 2, `/etc/c` 2.
 */
export function filesByFolder(links: readonly string[]): OpenFilesEvidence[] {
  const folders = new Map<string, Map<string, number>>();
  for (const link of links) {
    if (!link.startsWith('/') || NO_FILE.test(link)) continue;
    const path = link.replace(DELETED, '');
    const files = folders.get(dirname(path)) ?? new Map<string, number>();
    files.set(path, (files.get(path) ?? 0) + 1);
    folders.set(dirname(path), files);
  }
  return [...folders]
    .map(([folder, files]) => {
      const count = [...files.values()].reduce((sum, each) => sum + each, 0);
      const [path = folder, most = 0] = [...files].sort(([, a], [, b]) => b - a)[0] ?? [];
      return most >= ONE_FILE_SHARE * count
        ? { path, isFolder: false, count: most }
        : { path: folder, isFolder: true, count };
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_TOLD);
}
