/**
 * Where the processes of one user find each other: a folder that nobody else may look into. Each process that
 * serves has a mark there, and each that is asked a socket. A child finds the process that observes its
 * nearest ancestor by the ids of its ancestors, so that nothing is put into anybody's environment.
 */
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { harmless } from '../../base/harmless.ts';
import { isOfPm2 } from '../../base/launch/program-file.ts';
import { randomHex } from '../../base/random-id.ts';
import { openOwnFolder } from '../../diagnostics/black-box/store/files.ts';

/** What this process has in the folder; plain data. */
export interface FamilyPlace {
  folder: string;
  /** Begins the names of its files. */
  name: string;
}

/** A process, by what no other one has had since the system started. */
export interface ProcessId {
  pid: number;
  /** Clock ticks between the start of the system and its own; `0` where the system does not tell. */
  started: string;
}

const MARK = 'open';
const SOCKET = 'sock';
const NAME = /^((\d+)-(\d+)-[\da-f]{16})\.(open|sock)$/;
const RANDOM_BYTES = 8;
const FILE_MODE = 0o600;
/** What a mark holds whose process is not going to join another any more. */
const SETTLED = 'serves\n';
const MOST_ANCESTORS = 64;
/** Processes that started in the same tick are as old as their ids say. */
const HIGHEST_PID = 2 ** 32;
/** Of `/proc/PID/stat`, behind the name of the program, which may hold anything. */
const PARENT_FIELD = 1;
const STARTED_FIELD = 19;

/** Who this process is of, and how others find it. */
export interface Family {
  place: FamilyPlace;
  /** Who observes its nearest ancestor; null where it is on its own. */
  observer: FamilyPlace | null;
  /** It has a port of its own, whoever else is there. @default false */
  isApart?: boolean;
}

/** Null where every process is on its own. */
export function openFamily(): Family | null {
  const place = openFamilyPlace();
  return place && { place, observer: findObserver(place) };
}

/** For one that was asked for by itself, and whose children may join it all the same. */
export function openFamilyApart(): Family | null {
  const place = openFamilyPlace();
  return place && { place, observer: null, isApart: true };
}

/**
 * Makes the folder where it is not there yet. Null where there can be none, so that every process is on its own.
 */
function openFamilyPlace(): FamilyPlace | null {
  try {
    const folder = familyFolder();
    openOwnFolder(folder, (file) => NAME.test(file));
    const self = readProcess('self');
    return { folder, name: `${process.pid}-${self?.started ?? 0}-${randomHex(RANDOM_BYTES)}` };
  } catch {
    return null;
  }
}

/**
 * Not where `TMPDIR` says, which a child may have another of. Ids of processes mean something within one
 * namespace alone, and containers may share the folder.
 */
function familyFolder(): string {
  const user = process.getuid?.();
  if (user === undefined) return join(tmpdir(), 'pprofql-family');
  return join('/tmp', ['pprofql-family', user, ...namespaceOf()].join('-'));
}

function namespaceOf(): string[] {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
  } catch {
    return [];
  }
}

const markOf = ({ folder, name }: FamilyPlace): string => join(folder, `${name}.${MARK}`);

/** Windows has no sockets in folders, but pipes, which nobody can guess the name of. */
export const socketOf = ({ folder, name }: FamilyPlace): string =>
  process.platform === 'win32' ? `\\\\.\\pipe\\pprofql-${name}` : join(folder, `${name}.${SOCKET}`);

/** From now on children find this process. @throws Error where it cannot be written */
export function putMark(place: FamilyPlace): void {
  const write = () => writeFileSync(markOf(place), '', { flag: 'wx', mode: FILE_MODE });
  try {
    write();
  } catch {
    // The last one of those before may just have removed the folder.
    openOwnFolder(place.folder, (file) => NAME.test(file));
    write();
  }
}

/** From now on processes of pm2 join this one, whether they are older or younger. */
export function settleToServe(place: FamilyPlace): void {
  harmless(writeFileSync)(markOf(place), SETTLED, { flag: 'r+' });
}

/** From now on no child finds this process. */
export function removeMark(place: FamilyPlace): void {
  harmless(unlinkSync)(markOf(place));
}

/** Whatever of it is there. */
export function removeFiles(place: FamilyPlace): void {
  removeMark(place);
  if (process.platform !== 'win32') harmless(unlinkSync)(socketOf(place));
}

/** Where nothing is in it any more. */
export function removeFolder({ folder }: FamilyPlace): void {
  harmless(rmdirSync)(folder);
}

/** A socket in this folder, and nothing else that somebody may have named. */
export function placeNamed({ folder }: FamilyPlace, name: string): FamilyPlace | null {
  return NAME.test(`${name}.${SOCKET}`) ? { folder, name } : null;
}

/** The process that observes the nearest ancestor of this one; null for none. */
export function findObserver(
  { folder }: FamilyPlace,
  ancestors: () => ProcessId[] = ancestorsOfSelf,
): FamilyPlace | null {
  try {
    const marks = marksIn(folder);
    if (marks.length === 0) return null;
    for (const ancestor of ancestors()) {
      const mark = marks.find((each) => isSame(ancestor, each));
      if (mark !== undefined) return { folder, name: mark.name };
    }
    return null;
  } catch {
    return null;
  }
}

/**
 * Of the processes that pm2 started, the one to join: the oldest that has settled to serve, else the oldest of all where
 * this is not it; null for none.
 * pm2 itself is not observed, and its processes are one program to whoever looks. Each puts its mark before it looks,
 * so that of two that start at once, or have lost their observer, one sees the other.
 */
export function findSibling(
  place: FamilyPlace,
  isSibling: (mark: ProcessId) => boolean = isRunningSibling,
): FamilyPlace | null {
  const siblings = siblingsOf(place, isSibling);
  const [eldest] = siblings;
  if (eldest === undefined) return null;
  return siblings.find(hasSettled) ?? (isElder(eldest, place) ? eldest : null);
}

/** Those that may have looked before this one had its mark, and have not said yet whether they serve. */
export function undecidedSiblings(
  place: FamilyPlace,
  isSibling: (mark: ProcessId) => boolean = isRunningSibling,
): FamilyPlace[] {
  return siblingsOf(place, isSibling).filter(isUndecided);
}

/** Its mark goes before it joins another. */
export const isUndecided = (place: FamilyPlace): boolean =>
  sizeOfMark(place) === 0 && isRunning(ownerOf(place));

/** The eldest first. */
function siblingsOf(
  { folder, name }: FamilyPlace,
  isSibling: (mark: ProcessId) => boolean,
): FamilyPlace[] {
  if (!isOfPm2()) return [];
  return marksIn(folder)
    .filter((mark) => mark.name !== name && isSibling(mark))
    .map((mark) => ({ folder, name: mark.name }))
    .sort((a, b) => (isElder(a, b) ? -1 : 1));
}

function isElder(place: FamilyPlace, other: FamilyPlace): boolean {
  const startOf = ({ pid, started }: ProcessId) => Number(started) + pid / HIGHEST_PID;
  return startOf(ownerOf(place)) < startOf(ownerOf(other));
}

const hasSettled = (place: FamilyPlace): boolean => sizeOfMark(place) > 0;

/** `-1` where there is none. */
function sizeOfMark(place: FamilyPlace): number {
  try {
    return statSync(markOf(place)).size;
  } catch {
    return -1;
  }
}

const isRunningSibling = (mark: ProcessId) =>
  isRunning(mark) && readProcess(mark.pid)?.parent === process.ppid;

function marksIn(folder: string): (ProcessId & { name: string })[] {
  return harmlessList(folder).flatMap((file) => {
    const [, name, pid, started, ending] = NAME.exec(file) ?? [];
    if (name === undefined || ending !== MARK) return [];
    return [{ name, pid: Number(pid), started: started! }];
  });
}

const isSame = (a: ProcessId, b: ProcessId) =>
  a.pid === b.pid && (a.started === b.started || a.started === '0' || b.started === '0');

/** The nearest first. Where the system does not tell, the parent alone. */
export function ancestorsOfSelf(): ProcessId[] {
  const found: ProcessId[] = [];
  let pid = process.ppid;
  while (pid > 0 && found.length < MOST_ANCESTORS) {
    const known = readProcess(pid);
    found.push({ pid, started: known?.started ?? '0' });
    pid = known?.parent ?? 0;
  }
  return found;
}

function readProcess(pid: number | 'self'): { parent: number; started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[PARENT_FIELD]), started: fields[STARTED_FIELD] ?? '0' };
  } catch {
    return null;
  }
}

/** Files of processes that were killed. */
export function removeStaleFiles({ folder }: FamilyPlace): void {
  for (const file of harmlessList(folder)) {
    const [, , pid, started] = NAME.exec(file) ?? [];
    if (pid === undefined || isRunning({ pid: Number(pid), started: started! })) continue;
    harmless(unlinkSync)(join(folder, file));
  }
}

function harmlessList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function isRunning({ pid, started }: ProcessId): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const known = readProcess(pid);
  return known === null || isSame({ pid, started: known.started }, { pid, started });
}

/** Of the process that has it. */
export function ownerOf({ name }: FamilyPlace): ProcessId {
  const [pid, started] = name.split('-');
  return { pid: Number(pid), started: started! };
}
