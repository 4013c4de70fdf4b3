/** Why a program has printed its goroutines, and which of them it is about. */
import { frameOrigin } from '../../base/files/frame-origin.ts';
import type { Frame } from '../../profile/profile.ts';
import { culpritIn } from '../culprit.ts';
import type { GoGoroutines } from '../goroutines.ts';
import type { Party } from '../locks/lock.ts';
import { startedBy } from '../locks/started.ts';
import type { DumpText } from '../text/dump-text.ts';
import type { CrashKind, CrashLine } from './crash-lines.ts';

export interface GoCrash {
  /** `RUNNING`: nothing is said, but a running goroutine stands first, as in a crash. */
  kind: CrashKind | 'RUNNING';
  /** In Go's words, such as `concurrent map writes`; null where the text does not say. */
  message: string | null;
  /** Null where there was none. */
  signal: string | null;
  /** Tests that hung, without those that only wait for their subtests. */
  tests: string[];
  /** The goroutine that it is about; null where that is none, or is not known. */
  goroutineId: number | null;
  /** What that waits for, in Go's words; null for none. */
  state: string | null;
  /** How often it is in the text: once for each replica whose log it is. Where all are asleep: how many are at the same place. */
  count: number;
  /** Goroutines that it has started and that are still there; the first five. */
  started: Party[];
  /** The first line of the program's own code, below the panic; null for none. */
  culprit: Frame | null;
  /** What called the culprit, of the program's own; null for none. */
  caller: Frame | null;
  /** Top frame first, without what only tells that it panicked. */
  frames: readonly Frame[];
}

type Place = Pick<GoCrash, 'culprit' | 'caller' | 'frames'>;

const PANIC_FRAME =
  /^(?:panic|runtime\.(?:gopanic|sigpanic\d*|panic\w*|goPanic\w*|throw|fatal\w*|fatalthrow))$/;
/** Who writes down goroutines is running, and is not what the dump is about. */
const DUMPER =
  /^(?:runtime\/(?:pprof|debug)\.|runtime\.Stack|testing\.\(\*M\)\.startAlarm)|[dD]ump\w*(?:Stack|Goroutine|Trace)/;
const FAULT = /^(?:SIG(?:ILL|FPE|BUS|SEGV|TRAP)|Exception )/;
/** In what the runtime ends a program for, other goroutines than this only come next. */
const RAN = /^(?:running|runnable|syscall)/;
/** `synctest.Run` waits for the others. */
const OF_BUBBLE = /^(?!synctest\.).*\(durable\)$/;
const TEST_FILE = /_test\.go$/;
const TEST_NAME = /\.((?:Test|Fuzz|Benchmark)\w*)(?:\.func[\d.]+)?$/;
const OF_WAIT = /^(?:sync|runtime|internal\/\w+|time)\./;
const OF_TESTING = /^(?:testing|sync|runtime|internal\/\w+)\./;

/**
 * Null for a dump that somebody only wanted to see.
 * @param texts what each writer wrote, as Go prints it
 */
export function crashOf(
  lines: readonly CrashLine[],
  goroutines: readonly GoGoroutines[],
  texts: readonly DumpText[],
): GoCrash | null {
  const last = lines.filter(({ kind }) => ENDING.has(kind)).at(-1);
  const crash =
    last === undefined
      ? (panicked(lines, goroutines) ??
        signaled(lines, goroutines) ??
        leaked(lines) ??
        runningFirst(goroutines))
      : told(last, lines, goroutines);
  if (crash?.kind !== 'TEST_TIMEOUT' || crash.goroutineId === null) return crash;
  return { ...crash, started: startedBy(crash.goroutineId, texts) };
}

const OF_SEMAPHORE = /^(?:runtime\.|sync\.runtime_)/;
const WAIT_FOR_OTHERS = 'sync.(*WaitGroup).Wait';
const ENDING: ReadonlySet<CrashKind> = new Set<CrashKind>([
  'PANIC',
  'FATAL_ERROR',
  'ALL_ASLEEP',
  'TEST_TIMEOUT',
]);
const NOWHERE = { culprit: null, caller: null, frames: [] };
const UNSAID = {
  message: null,
  signal: null,
  tests: [],
  goroutineId: null,
  state: null,
  count: 1,
  started: [],
};

function told(
  line: CrashLine,
  lines: readonly CrashLine[],
  goroutines: readonly GoGoroutines[],
): GoCrash {
  const { kind, message, signal } = line;
  const tests = kind === 'TEST_TIMEOUT' ? testsOf(line, goroutines) : [];
  const about = aboutOf(line, tests, goroutines);
  const isFirst = about?.goroutineIds.includes(line.goroutineId ?? -1) ?? false;
  return {
    ...UNSAID,
    kind,
    message,
    signal,
    tests,
    goroutineId: isFirst ? line.goroutineId : (about?.goroutineIds[0] ?? null),
    state: about?.state ?? null,
    count:
      kind === 'ALL_ASLEEP'
        ? atPlaceOf(about, goroutines)
        : lines.filter((other) => other.kind === kind && other.message === message).length,
    ...placeIn(about?.frames ?? []),
  };
}

/** Those of the same state at the same line. */
function atPlaceOf(about: GoGoroutines | null, goroutines: readonly GoGoroutines[]): number {
  const key = about === null ? null : placeKey(about);
  return goroutines.reduce((sum, other) => sum + (placeKey(other) === key ? other.count : 0), 0);
}

function placeKey({ state, frames }: GoGoroutines): string | null {
  const culprit = culpritIn(frames);
  return culprit === null ? null : `${state} ${culprit.function} ${culprit.file}:${culprit.line}`;
}

function aboutOf(
  { kind, goroutineId, isOfRuntime }: CrashLine,
  tests: readonly string[],
  goroutines: readonly GoGoroutines[],
): GoGoroutines | null {
  if (kind === 'TEST_TIMEOUT') return hungTest(tests, goroutines);
  if (kind === 'ALL_ASLEEP') return mostAlike(asleepOf(goroutines));
  const below = goroutines.find(({ goroutineIds }) => goroutineIds.includes(goroutineId ?? -1));
  if (isOfRuntime && below !== undefined && !RAN.test(below.state)) return null;
  // A logger prints the stack before the panic goes on.
  return below ?? goroutines.find(({ frames }) => panicEnd(frames) > 0) ?? null;
}

/** In a bubble of `testing/synctest` only those of it are, which Go marks; the rest of the test goes on. */
function asleepOf(goroutines: readonly GoGoroutines[]): readonly GoGoroutines[] {
  const ofBubble = goroutines.filter(({ state }) => OF_BUBBLE.test(state));
  const asleep = ofBubble.length > 0 ? ofBubble : goroutines;
  // Who waits until others are done waits for what they wait for.
  const others = asleep.filter((one) => !waitsForOthers(one) && placeKey(one) !== null);
  return others.length > 0 ? others : asleep;
}

function waitsForOthers({ frames }: GoGoroutines): boolean {
  const top = frames.find(({ function: name }) => !OF_SEMAPHORE.test(name));
  return top?.function === WAIT_FOR_OTHERS;
}

/** Of all that are asleep, those of whom most are at one place. */
function mostAlike(goroutines: readonly GoGoroutines[]): GoGoroutines | null {
  const counts = new Map<string, { count: number; first: GoGoroutines }>();
  for (const members of goroutines) {
    const key = placeKey(members);
    if (key === null) continue;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { count: members.count, first: members });
    else known.count += members.count;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.first ?? null;
}

/** The goroutine of a test that does not wait for a subtest. */
function hungTest(
  tests: readonly string[],
  goroutines: readonly GoGoroutines[],
): GoGoroutines | null {
  const names = tests.map((test) => test.split('/')[0]!);
  const waiting = goroutines.filter(({ frames }) => {
    const top = frames.find(
      ({ function: name }) => !/^(?:sync|runtime|internal\/\w+)\./.test(name),
    );
    return frames.some(isOfTest) && !OF_TESTING.test(top?.function ?? 'testing.');
  });
  const named = waiting.find(({ frames }) =>
    frames.some(({ function: name }) =>
      names.some((test) => new RegExp(`\\.${test}(?:\\.|$)`).test(name)),
    ),
  );
  return named ?? waiting[0] ?? goroutines.find(({ frames }) => frames.some(isOfTest)) ?? null;
}

function isOfTest({ function: name, file }: Frame): boolean {
  return TEST_FILE.test(file) && !name.startsWith('created by ');
}

/** Before Go 1.20 the panic does not name them. */
function testsOf({ tests }: CrashLine, goroutines: readonly GoGoroutines[]): string[] {
  if (tests.length > 0) return innermost(tests);
  const names = goroutines.flatMap(({ frames }) => {
    const runner = frames.findIndex(({ function: name }) => name === 'testing.tRunner');
    const top = frames.find(({ function: name }) => !OF_WAIT.test(name));
    // Who waits for its subtests is not what hangs.
    if (runner < 1 || OF_TESTING.test(top?.function ?? 'testing.')) return [];
    return TEST_NAME.exec(frames[runner - 1]!.function)?.[1] ?? [];
  });
  return [...new Set(names)];
}

/** `TestA` only waits where `TestA/sub` runs. */
function innermost(tests: readonly string[]): string[] {
  return tests.filter((test) => !tests.some((other) => other.startsWith(`${test}/`)));
}

/** Somebody has recovered from it, and logged the stack. */
function panicked(
  lines: readonly CrashLine[],
  goroutines: readonly GoGoroutines[],
): GoCrash | null {
  const [first] = goroutines
    // Who waits within a deferred call is alive, and has logged nothing.
    .filter(({ state, frames }) => state.startsWith('running') && panicEnd(frames) > 0)
    .sort((a, b) => b.count - a.count);
  if (first === undefined) return null;
  const recovered = lines.filter(({ kind }) => kind === 'RECOVERED_PANIC');
  const line =
    recovered.find(({ goroutineId }) => first.goroutineIds.includes(goroutineId ?? -1)) ??
    recovered[0];
  const { message = null, signal = null } = line ?? {};
  return { ...UNSAID, kind: 'RECOVERED_PANIC', message, signal, ...about(first) };
}

function signaled(
  lines: readonly CrashLine[],
  goroutines: readonly GoGoroutines[],
): GoCrash | null {
  const line = lines.find(({ kind }) => kind === 'SIGNAL');
  if (line === undefined) return null;
  const { signal, message } = line;
  const said = message === signal || FAULT.test(message) ? null : message;
  return { ...UNSAID, ...placeOfSignal(line, goroutines), kind: 'SIGNAL', message: said, signal };
}

/** A signal from outside is about no goroutine; one of a fault, or of C, is about the one that is printed first. */
function placeOfSignal(
  { signal, goroutineId, frames, isInC }: CrashLine,
  goroutines: readonly GoGoroutines[],
): Omit<Partial<GoCrash>, keyof Place> & Place {
  if (!FAULT.test(signal ?? '') && !isInC) return NOWHERE;
  if (frames.length > 0) return placeIn(frames);
  const first = goroutines.find(({ goroutineIds }) => goroutineIds.includes(goroutineId ?? -1));
  return first === undefined ? NOWHERE : about(first);
}

/** A test has looked for goroutines that it left behind. */
function leaked(lines: readonly CrashLine[]): GoCrash | null {
  if (!lines.some(({ kind }) => kind === 'LEAKED')) return null;
  return { ...UNSAID, ...NOWHERE, kind: 'LEAKED' };
}

function runningFirst([first]: readonly GoGoroutines[]): GoCrash | null {
  if (first?.state !== 'running') return null;
  if (first.frames.some(({ function: name }) => DUMPER.test(name))) return null;
  const found = about(first);
  return found.culprit === null ? null : { ...UNSAID, kind: 'RUNNING', ...found };
}

function about({ goroutineIds, state, count, frames }: GoGoroutines) {
  return { goroutineId: goroutineIds[0] ?? null, state, count, ...placeIn(frames) };
}

/** Behind the last frame that only tells of the panic; 0 where there is none. */
function panicEnd(frames: readonly Frame[]): number {
  return frames.findLastIndex(({ function: name }) => PANIC_FRAME.test(name)) + 1;
}

/** Where no line is the program's own, what it uses went wrong. */
function ofLibrary(frames: readonly Frame[]): Frame | null {
  const found = frames.find(({ file }) => frameOrigin(file) === 'DEPENDENCY');
  return found === undefined || found.function.startsWith('created by ') ? null : found;
}

function placeIn(stack: readonly Frame[]): Place {
  const frames = stack.slice(panicEnd(stack));
  const culprit = culpritIn(frames) ?? ofLibrary(frames);
  const below = culprit === null ? [] : frames.slice(frames.indexOf(culprit) + 1);
  // Of a recursion what began it tells more.
  const caller = culpritIn(below.filter(({ function: name }) => name !== culprit?.function));
  return { culprit, caller, frames };
}
