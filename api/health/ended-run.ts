/** How a run of a program ended, and what is told of it in a sentence. Pure. */
import { MS_PER_DAY } from '../base/numbers/units.ts';
import { bytesText } from '../base/text/bytes.ts';
import { durationText } from '../base/text/duration.ts';
import type { Frame } from '../profile/profile.ts';
import { hotFrameOf } from './hot-frame.ts';
import { frameWords, shareWords } from './words.ts';

/** `KILLED` is any end without a word: by SIGKILL, by a signal that is not caught, or by an abort. */
export type HowEnded =
  | 'OUT_OF_MEMORY'
  | 'KILLED'
  | 'UNCAUGHT_EXCEPTION'
  | 'EXIT_CODE'
  | 'SIGNAL'
  | 'UNKNOWN';

export interface EndedRun {
  how: HowEnded;
  startedAtMs: number;
  /** When it ended; of an end without a word, when it was last known to run. */
  endedAtMs: number;
  /** Null where nobody could see it. */
  exitCode: number | null;
  signal: string | null;
  /** Class of the exception, and where it was thrown, top frame first. */
  error: { name: string; frames: readonly Frame[] } | null;
  /**
   * False where an end without a word is told by what was seen of the run before, or where an ordinary stop by a
   * signal that the program does not catch looks the same.
   */
  isCertain: boolean;
  /** The kernel ended it for memory: it counted that of its container, or, unless certain, much speaks for it. */
  isKilledForMemory: boolean;
  /** Somebody who stops it every now and then sat beside it. */
  isAttended: boolean;
  heapUsedBytes: number | null;
  rssBytes: number | null;
  /** That the container may have. */
  memoryLimitBytes: number | null;
  /** Who held most of the heap by the last read of it; null where nobody read it. */
  holder: { frames: readonly Frame[]; share: number; bytes: number } | null;
  /** The event loop stood still. */
  wasStalled: boolean;
  /** Something critical was found. */
  wasCritical: boolean;
}

const MOST_OF_LIMIT = 0.85;
/** Less is no answer to who held the memory. */
const LEAST_SHARE = 0.1;

/** For example `The run before died of heap out of memory at 14:03 after 2 h, holding 1.3 GB, 84 % from searchCached (app.mjs:8).` */
export function endedRunSentence(run: EndedRun, nowMs: number, subject = 'The run before'): string {
  const ran = durationText(run.endedAtMs - run.startedAtMs);
  const when = `at ${clockText(run.endedAtMs, nowMs)} after ${run.how === 'KILLED' ? 'at least ' : ''}${ran}`;
  return `${subject} ${whatHappened(run, when)}.`;
}

function whatHappened(run: EndedRun, when: string): string {
  switch (run.how) {
    case 'OUT_OF_MEMORY':
      return `${run.isCertain ? '' : 'probably '}died of heap out of memory ${when}${holding(run.heapUsedBytes)}${holderWords(run, '')}`;
    case 'UNCAUGHT_EXCEPTION':
      return `died of an uncaught ${run.error?.name ?? 'exception'}${placeWords(run.error?.frames)} ${when}`;
    case 'EXIT_CODE':
      return `ended with exit code ${run.exitCode} ${when}`;
    case 'SIGNAL':
      return `was stopped by ${run.signal} ${when}`;
    case 'KILLED':
      return killed(run, when);
    case 'UNKNOWN':
      return `was last heard of ${when.slice('at '.length)}, and how it ended was not written down`;
  }
}

function killed(run: EndedRun, when: string): string {
  const held = `${holding(run.rssBytes)}${limitWords(run)}${holderWords(run, ' of its heap')}`;
  if (run.isKilledForMemory) {
    return `was ${run.isCertain ? '' : 'probably '}killed by the kernel for its memory ${when}${held}`;
  }
  const stall = run.wasStalled ? ', while its event loop stood still' : '';
  return run.isCertain
    ? `was killed ${when} (SIGKILL, an abort or a crash of native code)${stall}${held}`
    : `ended ${when} without a word: by a signal that it does not catch (SIGTERM, SIGINT, SIGKILL), an abort or a crash of native code${stall}${held}`;
}

function holding(bytes: number | null): string {
  return bytes === null ? '' : `, holding ${bytesText(bytes)}`;
}

function limitWords({ rssBytes, memoryLimitBytes }: EndedRun): string {
  if (rssBytes === null || memoryLimitBytes === null) return '';
  return ` of the ${bytesText(memoryLimitBytes)} that its container may have`;
}

/** @param of the whole that it is a share of, where that was not the figure before it */
function holderWords({ holder }: EndedRun, of: '' | ' of its heap'): string {
  if (holder === null || holder.share < LEAST_SHARE) return '';
  const place = hotFrameOf(holder.frames) ?? holder.frames[0];
  return place === undefined ? '' : `, ${shareWords(holder.share)}${of} from ${frameWords(place)}`;
}

function placeWords(frames: readonly Frame[] = []): string {
  const place = hotFrameOf(frames) ?? frames[0];
  return place === undefined ? '' : ` in ${frameWords(place)}`;
}

/** With the day where that is another one, as in `14:03` and `2026-11-25 14:03`; by the clock of this machine. */
function clockText(atMs: number, nowMs: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const at = new Date(atMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isToday = Math.abs(nowMs - atMs) < MS_PER_DAY && new Date(nowMs).getDate() === at.getDate();
  if (isToday) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** It was near a limit of its memory, or something critical was wrong with it. */
export function wasInTrouble(run: EndedRun): boolean {
  const isFull =
    run.rssBytes !== null &&
    run.memoryLimitBytes !== null &&
    run.rssBytes >= run.memoryLimitBytes * MOST_OF_LIMIT;
  return isFull || run.wasStalled || run.wasCritical;
}
