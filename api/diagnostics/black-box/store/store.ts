/** The black boxes of a program in its folder: the one that this run is told of, and what has to go. */
import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { chance } from '../../../base/numbers/chance.ts';
import { isAlive } from '../kernel.ts';
import { boxEnd, markedText, parseBox } from '../record/read.ts';
import { type BlackBox, type BoxEnd, encodeBox, MAX_BOX_BYTES } from '../record/record.ts';
import { readOwnFile, removeIfThere, writeWhole } from './files.ts';
import { type BoxFiles, type BoxName, readName, runOf } from './names.ts';

/** Of one program. */
const MOST_BOXES = 10;
const KEPT_FOR_MS = 7 * 24 * 60 * 60_000;
/** Of all programs: so many are of tests or jobs that were killed by the hundred. */
const MANY_BOXES = 500;
const MANY_KEPT_FOR_MS = 24 * 60 * 60_000;
const MOST_LOOKED_AT = 200;
const MOST_NAMES = 20_000;
/** What a run has written so long ago is not of one that writes at every tick. */
const LEAST_SILENCE_MS = 30_000;
const SILENT_TICKS = 3;
/** Runs that ended together are told to those that begin together; what ended earlier is no run before. */
const TOGETHER_MS = 60_000;
const MAX_NOTE_BYTES = 64 * 1024;

interface Entry extends BoxName {
  path: string;
}

interface DeadRun {
  entry: Entry;
  box: BlackBox;
}

/**
 * The black box of the last run of this program that did not end well and was told to nobody yet; null for
 * none. Whoever renames it first has it: two that begin at once never get the same one. A box that cannot be
 * read is left alone.
 */
export function claimPreviousRun(
  files: BoxFiles,
  startedAtMs: number,
  nowMs: number = Date.now(),
): BlackBox | null {
  const names = namesIn(files.folder).filter((name) => name.startsWith(files.program));
  const ours = boxesOf(files.folder, names);
  const boxes = ours.filter(({ ending }) => ending === 'json');
  const told = boxes.find(({ toldTo }) => toldTo === runOf(files.stem));
  // A sidecar that was started again finds what the one before it has claimed.
  if (told !== undefined) return readBox(told);
  const dead = boxes
    .filter(({ toldTo, run }) => toldTo === null && run !== runOf(files.stem))
    .map((entry) => ({ entry, box: readBox(entry) }))
    .filter((run): run is DeadRun => run.box !== null && isDead(run.box, nowMs))
    // One that has died since is of a run beside this one.
    .filter(({ box }) => box.writtenAtMs < startedAtMs)
    .sort((a, b) => lastSignMs(files.folder, b) - lastSignMs(files.folder, a));
  let claimed: { box: BlackBox; atMs: number } | null = null;
  for (const run of dead) {
    const atMs = lastSignMs(files.folder, run);
    if (claimed !== null && claimed.atMs - atMs < TOGETHER_MS) continue;
    // What ended long before the one that is told is marked as told, too.
    const box = claim(files, run);
    claimed ??= box && { box, atMs };
  }
  return claimed?.box ?? null;
}

/** Null where another run was faster. */
function claim({ folder, program, stem }: BoxFiles, { entry, box }: DeadRun): BlackBox | null {
  const path = join(folder, `${program}-${entry.run}.told-${runOf(stem)}.json`);
  try {
    renameSync(entry.path, path);
  } catch {
    return null;
  }
  const ended = { ...box, end: readNote(folder, entry) };
  try {
    // From here on the box tells all by itself.
    writeBox(path, ended, path.replace(/json$/, 'tmp'));
    removeIfThere(notePath(folder, entry));
  } catch {
    // The disk is full: what was read is told nevertheless.
  }
  return ended;
}

export function writeBox(path: string, box: BlackBox, temporaryPath: string): void {
  writeWhole(path, markedText(encodeBox(box)), temporaryPath);
}

/**
 * Removes of this program all but the latest ten, of all what is older than a week, and where there are very many what is
 * older than a day. Of those of other programs it looks at some hundred by chance: the next run at others. Never throws.
 */
export function prune({ folder, program, stem }: BoxFiles, nowMs: number = Date.now()): void {
  const names = namesIn(folder);
  const keptForMs = names.length > MANY_BOXES ? MANY_KEPT_FOR_MS : KEPT_FOR_MS;
  const isOurs = (name: string) => name.startsWith(program);
  const ours = dated(boxesOf(folder, names.filter(isOurs)))
    .filter(({ run }) => run !== runOf(stem))
    .sort((a, b) => b.atMs - a.atMs);
  const tooMany = ours
    .filter(({ ending }) => ending === 'json')
    .slice(MOST_BOXES)
    .filter((entry) => !isOfLiving(entry, nowMs));
  for (const { path } of tooMany) removeIfThere(path);
  const ofOthers = someOf(
    names.filter((name) => !isOurs(name)),
    MOST_LOOKED_AT,
  );
  for (const { path, atMs } of [...ours, ...dated(boxesOf(folder, ofOthers))]) {
    if (nowMs - atMs > keptForMs) removeIfThere(path);
  }
}

const dated = (entries: readonly Entry[]) =>
  entries.map((entry) => ({ ...entry, atMs: modifiedAtMs(entry.path) }));

/** All that follow each other from one that is chosen by chance on. */
function someOf(names: readonly string[], most: number): readonly string[] {
  const from = Math.floor(chance() * names.length);
  return [...names.slice(from), ...names.slice(0, from)].slice(0, most);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_NAMES);
  } catch {
    // It has been removed meanwhile.
    return [];
  }
}

function boxesOf(folder: string, names: readonly string[]): Entry[] {
  return names.flatMap((name) => {
    const parts = readName(name);
    return parts === null ? [] : [{ ...parts, path: join(folder, name) }];
  });
}

/** Null where it is damaged, of another version, or not the user's own. */
function readBox({ path, program }: Entry): BlackBox | null {
  const text = readOwnFile(path, MAX_BOX_BYTES);
  if (text === null) return null;
  try {
    const box = parseBox(text);
    return box.program === program ? box : null;
  } catch {
    return null;
  }
}

const notePath = (folder: string, { program, run }: BoxName): string =>
  join(folder, `${program}-${run}.end`);

function readNote(folder: string, name: BoxName): BoxEnd | null {
  return readNoteAt(notePath(folder, name));
}

/** Of a box that nobody was told of yet; null for none. */
export function noteBeside(boxPath: string): BoxEnd | null {
  return boxPath.endsWith('.json') ? readNoteAt(boxPath.replace(/json$/, 'end')) : null;
}

function readNoteAt(path: string): BoxEnd | null {
  const text = readOwnFile(path, MAX_NOTE_BYTES);
  try {
    return text === null ? null : boxEnd(JSON.parse(text), 'end');
  } catch {
    return null;
  }
}

function isDead(box: BlackBox, nowMs: number): boolean {
  const silentForMs = Math.max(LEAST_SILENCE_MS, SILENT_TICKS * box.intervalMs);
  return !(isAlive(box.process) ?? nowMs - box.writtenAtMs < silentForMs);
}

/** There may be more than ten runs of one program at a time. */
function isOfLiving(entry: Entry, nowMs: number): boolean {
  const box = entry.toldTo === null ? readBox(entry) : null;
  return box !== null && !isDead(box, nowMs);
}

function lastSignMs(folder: string, { entry, box }: DeadRun): number {
  return Math.max(box.writtenAtMs, modifiedAtMs(notePath(folder, entry)));
}

function modifiedAtMs(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
