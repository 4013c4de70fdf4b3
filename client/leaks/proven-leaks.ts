/** Tasks that provably nobody can settle any more, told apart from those that merely wait. */
import type { TaskProofs } from '../methods/holders.ts';
import type { Leak } from './leak-found-error.ts';
import { isIgnored } from './leak-suspects.ts';

/** What is asked which tasks nobody can settle. */
export interface ProofSource {
  proveTasks(options: { maxPauseMs: number; signal?: AbortSignal }): Promise<TaskProofs>;
}

type WaitingFunction = TaskProofs['functions'][number];

/** A test waits for it. */
const MAX_PAUSE_MS = 120_000;

export function prove(source: ProofSource, signal?: AbortSignal): Promise<TaskProofs> {
  return source.proveTasks({ maxPauseMs: MAX_PAUSE_MS, signal });
}

/** Of what nobody can settle, what was not there at the base, most first: one is a leak already. */
export function provenLeaks(
  base: TaskProofs,
  now: TaskProofs,
  ignore: readonly RegExp[] = [],
): Leak[] {
  const before = new Map(base.functions.filter(isStuck).map((each) => [idOf(each), each.count]));
  return now.functions
    .filter(isStuck)
    .map((each) => leakOf(each, each.count - (before.get(idOf(each)) ?? 0)))
    .filter((leak) => leak.count > 0 && !isIgnored(leak, ignore))
    .sort((a, b) => b.count - a.count);
}

/** The same leaks; those that are tasks with what is known of whether they can go on. */
export function withVerdicts(leaks: readonly Leak[], { functions }: TaskProofs): Leak[] {
  return leaks.map((leak) => {
    if (leak.kind !== 'tasks') return leak;
    const verdicts = functionsAt(leak, functions).map(({ sentence }) => sentence);
    return verdicts.length === 0 ? leak : { ...leak, verdicts: [...new Set(verdicts)] };
  });
}

function isStuck(each: WaitingFunction): boolean {
  return each.isStuck;
}

function idOf({ frames }: WaitingFunction): string {
  const places = frames.map((frame) => `${frame.function}\t${frame.file}:${frame.line}`);
  return `proof\n${places.join('\n')}`;
}

function leakOf(waiting: WaitingFunction, count: number): Leak {
  const { function: name, file, path, line, origin, frames, sentence } = waiting;
  return {
    kind: 'tasks',
    stackId: null,
    id: idOf(waiting),
    count,
    bytes: 0,
    turnoverBytes: 0,
    marginBytes: 0,
    place: { function: name, file, path, line, origin },
    frames: [...frames],
    state: 'await',
    routes: [],
    weight: 1,
    sizeAfterRuns: [count],
    verdicts: [sentence],
  };
}

/** A snapshot tells where a function begins, a task at which of its lines it waits: the last to begin before. */
function functionsAt({ frames, place }: Leak, functions: readonly WaitingFunction[]) {
  const at = frames.find(({ origin }) => origin !== 'RUNTIME') ?? place;
  if (at === null || at === undefined) return [];
  const inside = functions.filter(
    (each) =>
      each.file === at.file &&
      beginOf(each) <= beginOf(at) &&
      nameOf(each.function) === nameOf(at.function),
  );
  const begins = Math.max(0, ...inside.map(beginOf));
  return inside.filter((each) => beginOf(each) === begins);
}

const beginOf = ({ line }: { line: number | null }) => line ?? 0;

/** @example `Pool.take` and `async take` → `take` */
function nameOf(name: string): string {
  return name
    .replace(/ \[as .*\]$/, '')
    .split(/[ .]/)
    .at(-1)!;
}
