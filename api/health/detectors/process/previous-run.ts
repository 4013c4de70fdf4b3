import { type EndedRun, endedRunSentence, wasInTrouble } from '../../ended-run.ts';
import type { Detection, Detector } from '../../finding.ts';
import { culpritOf } from '../../words.ts';

interface DiedBefore extends Detection {
  run: EndedRun;
  nowMs: number;
  subject: string;
}

/** So long after the start it is news; `previousRun` tells it for as long as the program runs. */
const NEWS_FOR_MS = 60 * 60_000;

/** So long where it may have been stopped as well. */
const POSSIBLE_NEWS_FOR_MS = 10 * 60_000;

/** The run before this one died. Silent about one that was stopped. */
export const previousRunDied: Detector<DiedBefore> = {
  name: 'previous-run',
  kind: 'PREVIOUS_RUN_DIED',
  question: 'the run before ended well',
  check({ previousRun, nowMs, kind }) {
    if (previousRun == null) return null;
    const { run, thisStartedAtMs } = previousRun;
    const severity = severityOf(run);
    const newsForMs = mayBeStopped(run) ? POSSIBLE_NEWS_FOR_MS : NEWS_FOR_MS;
    if (severity === null || nowMs - thisStartedAtMs > newsForMs) return null;
    const stack = run.error?.frames ?? run.holder?.frames ?? [];
    const bytes = run.how === 'OUT_OF_MEMORY' ? run.heapUsedBytes : run.rssBytes;
    return {
      severity,
      sinceMs: run.endedAtMs,
      culprit: culpritOf(stack),
      stack,
      ...(bytes === null || run.error !== null ? {} : { bytes }),
      run,
      nowMs,
      // A saved black box is of no other run than its own.
      subject: kind === 'FILE' ? 'The program' : 'The run before',
    };
  },
  sentence: ({ run, nowMs, subject }) => endedRunSentence(run, nowMs, subject),
  nextStep: ({ run }) => NEXT_STEPS[run.how] ?? LOOK,
};

function severityOf(run: EndedRun): Detection['severity'] | null {
  switch (run.how) {
    case 'OUT_OF_MEMORY':
    case 'UNCAUGHT_EXCEPTION':
      return 'WARNING';
    case 'EXIT_CODE':
      return 'NOTICE';
    case 'KILLED':
      if (run.isCertain || run.isKilledForMemory) return 'WARNING';
      return mayBeStopped(run) && run.isAttended ? null : 'NOTICE';
    default:
      return null;
  }
}

/** Nothing tells it from one that was stopped by a signal that it does not catch. */
function mayBeStopped(run: EndedRun): boolean {
  return run.how === 'KILLED' && !run.isCertain && !run.isKilledForMemory && !wasInTrouble(run);
}

const LOOK = 'See in `previousRun` what it did and held at last.';
const NEXT_STEPS: Partial<Record<EndedRun['how'], string>> = {
  OUT_OF_MEMORY:
    'See in `previousRun { inuseAllocations }` what held the heap: give what is kept from this line a bound; `--max-old-space-size` gives the process more time, not a cure.',
  KILLED:
    'See in `previousRun` what it held and did at last, and in the log of what runs it (container, service, kernel) who ended it; a listener for SIGTERM that ends the program tells stops from kills.',
  UNCAUGHT_EXCEPTION:
    'Look at this line, and at what it was given; the message stands in the log of that run.',
  EXIT_CODE: 'Look in the log of that run why it gave up; `previousRun` has its last figures.',
};
