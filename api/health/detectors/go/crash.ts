import type { GoCrash } from '../../../go-dump/crash/crash.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';

interface Crashed extends Detection {
  crash: GoCrash;
}

const SEVERITIES: Partial<Record<GoCrash['kind'], Detection['severity']>> = {
  PANIC: 'CRITICAL',
  FATAL_ERROR: 'CRITICAL',
  TEST_TIMEOUT: 'CRITICAL',
  SIGNAL: 'CRITICAL',
  RUNNING: 'NOTICE',
};
/** Asked for, and refused. */
const THREADS = /pthread_create failed|^newosproc/;
/** Sent by somebody who wanted to see the goroutines. */
const ASKED_FOR = /^SIG(?:QUIT|USR)/;

/** What a program has printed as it died. */
export const goCrash: Detector<Crashed> = {
  name: 'go-crash',
  kind: 'PREVIOUS_RUN_DIED',
  question: 'the program has died',
  check({ kind, go }) {
    const crash = go?.crash ?? null;
    if (crash === null || kind !== 'FILE') return null;
    const severity = SEVERITIES[crash.kind];
    if (severity === undefined) return null;
    if (crash.kind === 'SIGNAL' && ASKED_FOR.test(crash.signal ?? '')) return null;
    const { culprit, frames } = crash;
    return { severity, culprit, stack: frames, count: crash.count, crash };
  },
  sentence,
  nextStep,
};

/** What a program has logged when it had recovered from a panic, and ran on. */
export const goRecovered: Detector<Crashed> = {
  name: 'go-recovered',
  kind: 'RECOVERED_PANIC',
  question: 'the program has panicked',
  check({ kind, go }) {
    const crash = go?.crash ?? null;
    if (crash?.kind !== 'RECOVERED_PANIC' || kind !== 'FILE') return null;
    const { culprit, frames: stack, count } = crash;
    return { severity: 'WARNING', culprit, stack, count, crash };
  },
  sentence,
  nextStep,
};

function sentence({ crash }: Crashed): string {
  return `${whatHappened(crash)}${where(crash)}${started(crash)}.`;
}

function nextStep({ crash }: Crashed): string {
  if (THREADS.test(crash.message ?? '')) return LIMIT_OF_THREADS;
  if (crash.kind === 'SIGNAL' && crash.culprit === null && crash.message === null)
    return 'Look for who has sent it.';
  return crash.kind === 'FATAL_ERROR' ? stepForFatal(crash) : (NEXT_STEPS[crash.kind] ?? LOOK);
}

function whatHappened(crash: GoCrash): string {
  const { kind, message, signal, tests, count } = crash;
  const said = message === null || message === '' ? '' : `: ${message}`;
  switch (kind) {
    case 'TEST_TIMEOUT':
      return `${testsWords(tests)} hung (${message ?? 'timed out'})`;
    case 'FATAL_ERROR':
      return `The program died of a fatal error${times(count)}${said}${signalWords(signal)}`;
    case 'SIGNAL':
      return `The program died of ${signal}${said}`;
    case 'RECOVERED_PANIC':
      return `The program panicked${times(count)}, and recovered${said}`;
    case 'RUNNING':
      return 'Nothing tells why the goroutines were printed; a crash prints first the one it is about';
    default:
      return `The program panicked${times(count)}${said}${signalWords(signal)}`;
  }
}

/** For example ` (SIGSEGV)`. */
function signalWords(signal: string | null): string {
  return signal === null ? '' : ` (${signal.split(':')[0]})`;
}

function times(count: number): string {
  return count === 1 ? '' : ` ${count} times`;
}

function testsWords(tests: readonly string[]): string {
  const [first, ...others] = tests;
  if (first === undefined) return 'A test';
  const more = others.length === 0 ? '' : ` and ${countWords(others.length, 'other')}`;
  return `The test ${first}${more}`;
}

function where({ culprit, caller, goroutineId, kind, state }: GoCrash): string {
  if (culprit === null) return '';
  const by = caller === null ? '' : `, called by ${frameWords(caller)}`;
  const who = goroutineId === null ? '' : `, goroutine ${goroutineId}`;
  const waits = kind === 'TEST_TIMEOUT' && state !== null ? ` (${state})` : '';
  return `, in ${frameWords(culprit)}${waits}${by}${who}`;
}

/** What a hung test waits for is mostly what it has started itself. */
function started({ started: parties }: GoCrash): string {
  const places = parties.flatMap(({ frame, state }) =>
    frame === null ? [] : [`${frameWords(frame)} (${state})`],
  );
  return places.length === 0
    ? ''
    : `; what it started is still in ${[...new Set(places)].join(', ')}`;
}

const LIMIT_OF_THREADS =
  'No more threads could be started: look at the limits of the process and of its container, and at how many threads it has.';
const LOOK = 'Look at this line, and at what it was given.';
const FATAL_STEPS: readonly (readonly [RegExp, string])[] = [
  [/stack overflow/, 'Look for the end of this recursion, or for data that points back at itself.'],
  [
    /out of memory|cannot allocate/,
    'This line asked for memory last: look at what it allocates, and in a heap profile at what is kept.',
  ],
  [
    /^concurrent map/,
    'Another goroutine uses this map at the same time: guard it with a lock, and run it with -race to find both.',
  ],
  [
    /unlock/i,
    'This lock was not held: look for two calls of Unlock, or for one without Lock on the way here.',
  ],
  [
    /unexpected signal/,
    'The fault lies in C code that this line calls, or in memory that was handed to it.',
  ],
];

function stepForFatal({ message }: GoCrash): string {
  return FATAL_STEPS.find(([pattern]) => pattern.test(message ?? ''))?.[1] ?? LOOK;
}

const NEXT_STEPS: Partial<Record<GoCrash['kind'], string>> = {
  TEST_TIMEOUT: 'Look at what this line waits for, and why that does not come.',
  RECOVERED_PANIC: 'Look at this line, and at what it was given; whoever asked got an error.',
  RUNNING: 'Look for the message of the panic above this in the log.',
};
