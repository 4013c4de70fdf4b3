/** Which files the process has open, by the links that Linux has for its descriptors. */
import { readdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OpenFilesEvidence } from '../../../health/evidence/outside.ts';

const FOLDER = '/proc/self/fd';
/** The latest: a process may have many thousands. */
const MOST_READ = 1_000;
const MOST_TOLD = 3;
/** One file has so many of its folder: then that is told alone. */
const ONE_FILE_SHARE = 0.8;
/** Devices, and what the kernel shows as files. */
const NO_FILE = /^\/(?:dev|proc|sys)\//;
const DELETED = / \(deleted\)$/;

/** Most first; empty where the system does not tell. */
export async function readOpenFiles(): Promise<OpenFilesEvidence[]> {
  const names = await readdir(FOLDER).catch(() => []);
  const latest = names.sort((a, b) => Number(b) - Number(a)).slice(0, MOST_READ);
  const links = await Promise.all(
    latest.map((name) => readlink(`${FOLDER}/${name}`).catch(() => '')),
  );
  return openFilesOf(links);
}

/**
 * By folder, or by file where one makes nearly all of its folder.
 * Example: `/data/a`, `/data/b`, `/etc/c`, `/etc/c`, `socket:[7]` → `/data` 2, `/etc/c` 2.
 */
export function openFilesOf(links: readonly string[]): OpenFilesEvidence[] {
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
