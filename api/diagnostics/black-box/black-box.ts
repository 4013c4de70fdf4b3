/**
 * The black box of the process: at every tick the sidecar writes down the last that is known of it, so that
 * its next start can tell why this run ended, however it did. Nothing is read for it.
 */

import { totalmem } from 'node:os';
import { isatty } from 'node:tty';
import { type EndedRun, endedRunSentence } from '../../health/ended-run.ts';
import type { Finding } from '../../health/finding.ts';
import { takeOverLock, writeUnlessEnding } from '../../probe/process/end-of-run.ts';
import type { FiguresReading } from '../../probe/readings/figures.ts';
import type { ProcessReading } from '../../probe/readings/process.ts';
import type { Frame } from '../../profile/profile.ts';
import type { HistoryPoint } from '../history/point.ts';
import type { Stall } from '../stalls/types.ts';
import { identify, readKernel } from './kernel.ts';
import { type BlackBox, type BoxAllocations, type BoxTaskGroup, FORMAT } from './record/record.ts';
import { type PreviousRun, previousRunOf } from './runs/previous-run.ts';
import { openOwnFolder } from './store/files.ts';
import { type BoxFiles, isBoxName } from './store/names.ts';
import { claimPreviousRun, prune, writeBox } from './store/store.ts';

/** What is known at the moment, by whoever asked for it. */
export interface LastKnown {
  figures: FiguresReading | null;
  guessedOldSpaceBytes: number | null;
  history: readonly HistoryPoint[];
  allocations: BoxAllocations | null;
  tasks: readonly BoxTaskGroup[] | null;
  findings: readonly Finding[];
  lastStall: Stall | null;
}

const NOTHING_KNOWN: LastKnown = {
  figures: null,
  guessedOldSpaceBytes: null,
  history: [],
  allocations: null,
  tasks: null,
  findings: [],
  lastStall: null,
};

export interface BlackBoxStatus {
  /** Null where none is written. */
  file: string | null;
  /** Why none is written; null where one is. */
  disabledReason: string | null;
}

export interface BlackBoxKeeper {
  status(): BlackBoxStatus;
  /** Null where it ended well, or nothing is known of it. */
  previousRun(): PreviousRun | null;
  /** Of the observed thread as it began; null where nobody read them. */
  firstFigures: FiguresReading | null;
  /** As the detectors take it. */
  evidence(): { run: EndedRun; thisStartedAtMs: number } | null;
  /** From now on places are brought to where their code was written. */
  locateWith(locate: Locate): void;
  /** Writes what is known now. Never throws: where it cannot be written, no more is. */
  write(known: LastKnown): void;
}

type Locate = (frames: readonly Frame[]) => Promise<readonly Frame[]>;

export interface BlackBoxOptions {
  files: BoxFiles;
  /** For `writeUnlessEnding`. */
  endLock: SharedArrayBuffer;
  process: ProcessReading;
  firstFigures: FiguresReading | null;
  pprofqlVersion: string | null;
  intervalMs: number;
}

/** Of a run in another container nobody knows at once whether it still lives. */
const LOOKED_FOR_MS = 2 * 60_000;

/** Where none is to be written, with the reason. */
export function absentBlackBox(disabledReason: string): BlackBoxKeeper {
  return {
    status: () => ({ file: null, disabledReason }),
    previousRun: () => null,
    firstFigures: null,
    evidence: () => null,
    locateWith: () => {},
    write: () => {},
  };
}

/** Writes a first one at once, and finds out what the run before has left. Never throws. */
export function openBlackBox(options: BlackBoxOptions): BlackBoxKeeper {
  const { files, endLock, intervalMs, firstFigures } = options;
  const { pid, startedAtMs, title, entryFile, cwd, nodeVersion, platform, arch } = options.process;
  const box = {
    format: FORMAT,
    program: files.program,
    intervalMs,
    process: {
      pid,
      startedAtMs,
      ...identify('self'),
      title,
      entryFile: entryFile ?? null,
      cwd,
      programRoot: null,
      nodeVersion,
      pprofqlVersion: options.pprofqlVersion,
      platform,
      arch,
      isAttended: isAttended(),
    },
    end: null,
  } as const;
  let disabledReason: string | null = null;

  function attempt(work: () => void): void {
    if (disabledReason !== null) return;
    try {
      work();
    } catch (error) {
      disabledReason = `the black box cannot be written: ${(error as Error).message}`;
    }
  }

  function write({ figures, ...known }: LastKnown): void {
    attempt(() => {
      const memory = figures && { ...figures.memory, takenAtMs: figures.takenAtMs };
      const rssBytes = process.memoryUsage.rss();
      const handlesStops = figures?.handlesStops ?? null;
      const now = {
        writtenAtMs: Date.now(),
        memory,
        handlesStops,
        rssBytes,
        kernel: readKernel(),
      };
      writeUnlessEnding(endLock, () => writeAnywhere({ ...box, ...known, ...now }));
    });
  }

  /** What cleans up temporary files may have taken the folder away. */
  function writeAnywhere(full: BlackBox): void {
    try {
      writeBox(files.box, full, files.temporary);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      openOwnFolder(files.folder, isBoxName);
      writeBox(files.box, full, files.temporary);
    }
  }

  let previous: PreviousRun | null = null;
  let locate: Locate | null = null;

  function lookForPrevious(): void {
    if (previous !== null || Date.now() - startedAtMs > LOOKED_FOR_MS) return;
    attempt(() => {
      const claimed = claimPreviousRun(files, startedAtMs);
      if (claimed === null) return;
      const { killsForMemory, killsOnMachine } = readKernel();
      const { bootId } = identify('self');
      const facts = { killsForMemory, killsOnMachine, bootId, machineBytes: totalmem() };
      previous = previousRunOf(claimed, Date.now(), facts);
      locatePrevious();
    });
  }

  /** It noted its last error itself, and knew no source maps. */
  function locatePrevious(): void {
    const run = previous;
    const error = run?.end.error;
    if (run == null || error == null || locate === null) return;
    locate(error.frames).then(
      (frames) => {
        const end = { ...run.end, error: { ...error, frames } };
        previous = { ...run, end, sentence: endedRunSentence(end, Date.now()) };
      },
      () => {},
    );
  }

  attempt(() => {
    takeOverLock(endLock);
    openOwnFolder(files.folder, isBoxName);
  });
  write({ ...NOTHING_KNOWN, figures: firstFigures });
  lookForPrevious();
  attempt(() => prune(files));

  return {
    status: () => ({ file: disabledReason === null ? files.box : null, disabledReason }),
    previousRun: () => previous,
    firstFigures,
    evidence: () => previous && { run: previous.end, thisStartedAtMs: startedAtMs },
    locateWith(given) {
      locate = given;
      locatePrevious();
    },
    write(known) {
      write(known);
      lookForPrevious();
    },
  };
}

/** Where somebody sits at a terminal, or `node --watch` waits for the next change of a file. */
function isAttended(): boolean {
  return isatty(0) || process.env.WATCH_REPORT_DEPENDENCIES !== undefined;
}
