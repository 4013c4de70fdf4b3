/** Which files the process has open, by the links that Linux has for its descriptors. */
import { readdir, readlink } from 'node:fs/promises';
import type { OpenFilesEvidence } from '../../../health/evidence/outside.ts';
import { filesByFolder } from './files-by-folder.ts';

const FOLDER = '/proc/self/fd';
/** The latest: a process may have many thousands. */
const MOST_READ = 1_000;

/** Most first; empty where the system does not tell. */
export async function readOpenFiles(): Promise<OpenFilesEvidence[]> {
  const names = await readdir(FOLDER).catch(() => []);
  const latest = names.sort((a, b) => Number(b) - Number(a)).slice(0, MOST_READ);
  const links = await Promise.all(
    latest.map((name) => readlink(`${FOLDER}/${name}`).catch(() => '')),
  );
  return filesByFolder(links);
}
