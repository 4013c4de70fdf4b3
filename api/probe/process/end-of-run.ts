/**
 * Leaves a note of how the program ends, beside the black box that the sidecar writes: nothing where it ends
 * well, for then the box goes as well; a few hundred bytes where it does not.
 *
 * The sidecar is ended with the process, in whatever it does just then: the two tell each other in shared
 * memory who may touch the files.
 */

import fs from 'node:fs';
import {
  atomicCompareExchange,
  atomicLoad,
  atomicNotify,
  atomicStore,
  atomicWait,
  OwnSharedArrayBuffer,
  ownProcess,
  processListeners,
  types,
} from '../../base/builtins.ts';
import { harmless } from '../../base/harmless.ts';
import { math } from '../../base/numbers/math.ts';
import { threadClockMs, wallClockMs } from '../../base/own-time.ts';
import type { StackFrame } from '../readings/tasks.ts';
import { parseFrame } from '../tasks/stack-store.ts';
import { onProcessExit } from './exit.ts';
import { beforeOwnSignal } from './own-signal.ts';

/** What a run leaves behind; as `BoxEnd` of the black box has it. */
interface EndNote {
  atMs: number;
  /** Null where the program may still go on. */
  exitCode: number | null;
  error: { name: string; frames: StackFrame[]; atMs: number } | null;
  /** That the program sends itself to end; absent for none. */
  signal?: NodeJS.Signals;
}

export interface EndFiles {
  box: string;
  end: string;
  temporary: string;
}

// A program may put others in their place, or a disk that is none.
const { closeSync, openSync, unlinkSync, writeSync } = fs;
const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = fs.constants;
const FILE_MODE = 0o600;

const STATE = 0;
const HAS_BOX = 1;
const SLOTS = 2;
const FREE = 0;
const WRITING = 1;
const ENDED = 2;
/** Writing a box takes a millisecond; a full disk may hold it up. */
const LONGEST_WAIT_MS = 100;

/** Who throws again and again is not written down again and again. */
const NOTE_DISTANCE_MS = 1_000;
/** An exit so soon after an error that nobody caught is for its sake. */
const ERROR_COUNTS_FOR_MS = 5_000;
const MOST_FRAMES = 20;
const LONGEST_NAME = 100;

export function createEndLock(): SharedArrayBuffer {
  return new OwnSharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
}

/** To be called where the sidecar begins: one before it may have been ended while it wrote. */
export function takeOverLock(shared: SharedArrayBuffer): void {
  atomicCompareExchange(new Int32Array(shared), STATE, WRITING, FREE);
}

/** Has the sidecar write the box, unless the program is about to end. What `write` throws is thrown on. */
export function writeUnlessEnding(shared: SharedArrayBuffer, write: () => void): void {
  const state = new Int32Array(shared);
  if (atomicCompareExchange(state, STATE, FREE, WRITING) !== FREE) return;
  try {
    write();
    atomicStore(state, HAS_BOX, 1);
  } finally {
    atomicStore(state, STATE, FREE);
    atomicNotify(state, STATE);
  }
}

/**
 * From now on the end of the program is noted.
 * @returns what ends that, and removes the files of this run
 */
export function noteEndOfRun(shared: SharedArrayBuffer, files: EndFiles): () => void {
  const state = new Int32Array(shared);
  let error: EndNote['error'] = null;
  let errorAtMs = Number.NEGATIVE_INFINITY;
  /** Nobody can keep the program from ending for it, however long that takes. */
  let isFatal = false;

  function claim(): boolean {
    if (atomicCompareExchange(state, STATE, FREE, ENDED) !== FREE) {
      atomicWait(state, STATE, WRITING, LONGEST_WAIT_MS);
      atomicStore(state, STATE, ENDED);
    }
    return atomicLoad(state, HAS_BOX) === 1;
  }

  const onError = harmless((thrown: unknown) => {
    const isSoon = threadClockMs() - errorAtMs < NOTE_DISTANCE_MS;
    errorAtMs = threadClockMs();
    isFatal =
      processListeners('uncaughtException') === 0 &&
      !ownProcess.hasUncaughtExceptionCaptureCallback();
    if (isSoon) return;
    error = { ...describe(thrown), atMs: wallClockMs() };
    if (atomicLoad(state, HAS_BOX) === 1) writeNote(files.end, { exitCode: null, error });
  });

  const onExit = () => {
    if (!claim()) return;
    const exitCode = Number(ownProcess.exitCode ?? 0);
    if (exitCode === 0) removeAll(files);
    else {
      const isForError = isFatal || threadClockMs() - errorAtMs < ERROR_COUNTS_FOR_MS;
      writeNote(files.end, { exitCode, error: isForError ? error : null });
    }
  };

  /** As who has put things in order, and lets the signal do the rest. */
  const onSignal = (signal: NodeJS.Signals) => {
    if (claim()) writeNote(files.end, { exitCode: null, error: null, signal });
  };

  ownProcess.on('uncaughtExceptionMonitor', onError);
  const stops = [onProcessExit(onExit), beforeOwnSignal(onSignal)];
  return () => {
    ownProcess.off('uncaughtExceptionMonitor', onError);
    for (const stop of stops) stop();
    if (claim()) removeAll(files);
  };
}

function removeAll({ box, end, temporary }: EndFiles): void {
  for (const path of [box, end, temporary]) harmless(unlinkSync)(path);
}

function writeNote(path: string, note: Omit<EndNote, 'atMs'>): void {
  harmless(unlinkSync)(path);
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    writeSync(file, JSON.stringify({ atMs: wallClockMs(), ...note }));
  } finally {
    closeSync(file);
  }
}

/** The class alone: a message may hold whatever the program was working on. */
function describe(thrown: unknown): { name: string; frames: StackFrame[] } {
  if (!types.isNativeError(thrown)) return { name: `${typeof thrown}`, frames: [] };
  const name = String(thrown.constructor?.name || thrown.name || 'Error').slice(0, LONGEST_NAME);
  return { name, frames: framesOf(thrown) };
}

function framesOf({ stack, message }: Error): StackFrame[] {
  if (typeof stack !== 'string') return [];
  // A message may look like frames.
  const from = typeof message === 'string' ? stack.indexOf(message) + message.length : 0;
  const lines = stack.slice(math.max(0, from)).split('\n');
  return lines
    .filter((line) => line.startsWith('    at '))
    .slice(0, MOST_FRAMES)
    .map((line) => parseFrame(line.slice('    at '.length)));
}
