/** `pprofql detach PID`: ends the diagnostics that `pprofql attach` has started. */
import { setTimeout as wait } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import { isLinux } from '../processes/facts.ts';
import { askForEnd, type FoundNote, findNotes } from '../processes/notes.ts';
import { attachable, ownProcess } from '../processes/refusal.ts';
import { attachedFile } from './attached-file.ts';
import { openInspector } from './inspector-client.ts';
import { readPid, tellFailure } from './request.ts';

const USAGE = `Usage: pprofql detach PID
Ends the diagnostics that \`pprofql attach PID\` has started: their server, their thread and every hook in the program.`;

const EXIT_USAGE = 2;
const ENDS_WITHIN_MS = 15_000;
const LOOK_MS = 50;

/** @returns the exit code */
export async function runDetach(args: readonly string[]): Promise<number> {
  const pid = readPid(args);
  if (pid === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  try {
    if (isLinux()) await endByNote(pid);
    else await endByInspector(pid);
    console.error(`pprofql: process ${pid} is not observed any more`);
    return 0;
  } catch (error) {
    return tellFailure(error);
  }
}

/** Without a signal, and without a word of the program's. */
async function endByNote(pid: number): Promise<void> {
  const { program } = ownProcess(pid);
  const notes = findNotes(pid);
  const attached = notes.filter(({ isDetachable }) => isDetachable);
  if (notes.length === 0) {
    throw new DiagnosticsError('NOT_FOUND', `${program} (pid ${pid}) is not observed`);
  }
  if (attached.length === 0 && !notes.some(({ isEnding }) => isEnding)) {
    throw new DiagnosticsError(
      'UNAVAILABLE',
      `${program} (pid ${pid}) was started with its diagnostics, and keeps them until it ends`,
    );
  }
  for (const note of attached) askForEnd(note);
  const deadlineMs = performance.now() + ENDS_WITHIN_MS;
  while (isThere(pid, attached)) {
    if (performance.now() > deadlineMs) {
      throw new DiagnosticsError(
        'PROCESS_NOT_RESPONDING',
        `${program} (pid ${pid}) was asked, but is busy: the diagnostics end as soon as its event loop turns`,
      );
    }
    await wait(LOOK_MS);
  }
}

const isThere = (pid: number, notes: readonly FoundNote[]) =>
  findNotes(pid).some(({ path, isEnding }) => isEnding || notes.some((note) => note.path === path));

/** Where there are no notes: as it was started. */
async function endByInspector(pid: number): Promise<void> {
  const inspector = await openInspector(attachable(pid, attachedFile()));
  try {
    const stop =
      "globalThis[Symbol.for('pprofql.attached')]?.stop().then(() => true) ?? Promise.resolve(false)";
    const wasObserved = await inspector.evaluate(stop, { awaits: true });
    if (wasObserved !== true) {
      throw new DiagnosticsError('NOT_FOUND', `process ${pid} was not attached to`);
    }
  } finally {
    await inspector.close();
  }
}
