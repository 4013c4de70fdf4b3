/** Which files are whose: the black boxes of one program, and what belongs to one run of it. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { textHash } from '../../../base/text-hash.ts';
import type { ProcessReading } from '../../../probe/readings/process.ts';

/** The files of one run. */
export interface BoxFiles {
  folder: string;
  /** Which program it is. */
  program: string;
  /** Begins the name of each of its files. */
  stem: string;
  box: string;
  /** How it ended, as it told itself. */
  end: string;
  /** A box that is not written to its end yet. */
  temporary: string;
}

const KEY_CHARACTERS = 16;
const BASE = 36;

/** What is ours among the files of a folder: the key of the program, pid and start, and for whom it was told. */
const NAME = /^([\da-f]{16})-(\d+-[\da-z]+)(?:\.told-(\d+-[\da-z]+))?\.(json|end|tmp)$/;

/** The parts of a name: all but `ending` without what stands between them. */
export interface BoxName {
  program: string;
  run: string;
  /** The run that it was told to as the one before; null for none yet. */
  toldTo: string | null;
  ending: 'json' | 'end' | 'tmp';
}

/**
 * One program is the same script with the same arguments (their hash alone is kept), started in the same
 * folder of the same host.
 */
export function programKey(
  { cwd, entryFile }: Pick<ProcessReading, 'cwd' | 'entryFile'>,
  { argv, execArgv }: Pick<NodeJS.Process, 'argv' | 'execArgv'> = process,
): string {
  // What is evaluated stands among the options of Node.
  const args = entryFile === undefined ? [...execArgv, ...argv.slice(1)] : argv.slice(2);
  const { high, low } = textHash(JSON.stringify([hostname(), cwd, entryFile ?? null, args]));
  return [high, low].map((part) => part.toString(16).padStart(KEY_CHARACTERS / 2, '0')).join('');
}

export function boxFiles(
  folder: string,
  program: string,
  { pid, startedAtMs }: Pick<ProcessReading, 'pid' | 'startedAtMs'>,
): BoxFiles {
  const stem = `${program}-${pid}-${startedAtMs.toString(BASE)}`;
  const path = (ending: string) => join(folder, `${stem}.${ending}`);
  return {
    folder,
    program,
    stem,
    box: path('json'),
    end: path('end'),
    temporary: path('tmp'),
  };
}

/** Null for a file that is none of ours. */
export function readName(name: string): BoxName | null {
  const [, program, run, toldTo = null, ending] = NAME.exec(name) ?? [];
  if (program === undefined || run === undefined) return null;
  return { program, run, toldTo, ending: ending as BoxName['ending'] };
}

export const isBoxName = (name: string): boolean => readName(name) !== null;

/** The part of a stem that tells the run. */
export const runOf = (stem: string): string => stem.slice(KEY_CHARACTERS + 1);
