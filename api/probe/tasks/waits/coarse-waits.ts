/**
 * How many wait in a function is known twice: by what they wait for now, and by what its calls have promised. What is
 * made anew with each round of a loop is sampled coarsely in a busy program; the promise of a loop that began in a calm
 * moment was recorded as one.
 */
import { isCombining, isPassedOn, ownKey, type Representative } from '../promises/promise-kinds.ts';
import { type AwaitedTask, addTo, isSignificant, varianceOf } from './awaited-task.ts';

/** Those that wait in a function, and how many times as many they are as was recorded. */
interface CoarseWaits<T> {
  waiting: Representative<T>[];
  factor: number;
}

/**
 * Those of which the promises tell more precisely how many they are, and nothing else.
 * @param outcomes what functions have promised
 */
export function coarseWaits<T extends AwaitedTask>(
  shown: readonly Representative<T>[],
  outcomes: readonly T[],
): CoarseWaits<T>[] {
  const promised = new Map<string, T[]>();
  for (const outcome of outcomes) {
    const key = ownKey(outcome);
    if (key !== undefined && !isPassedOn(outcome)) addTo(promised, key, outcome);
  }
  const waits = new Map<string, Representative<T>[]>();
  for (const each of shown) {
    const key = each.stackKind === 'WAITS' ? standsIn(each, promised) : undefined;
    if (key !== undefined) addTo(waits, key, each);
  }
  const found: CoarseWaits<T>[] = [];
  for (const [key, waiting] of waits) {
    const calls = promised.get(key)!;
    const variances = [totalOf(calls, varianceOf), totalOf(waiting, varianceOf)] as const;
    const counts = [totalOf(calls, weightOf), totalOf(waiting, weightOf)] as const;
    const isPrecise = variances[0] < variances[1];
    const isOfOthers = isSignificant(Math.abs(counts[0] - counts[1]), variances[0] + variances[1]);
    if (isPrecise && !isOfOthers) found.push({ waiting, factor: counts[0] / counts[1] });
  }
  return found;
}

/** The innermost function that has promised something; none where several may wait in one call of it. */
function standsIn<T>(
  { stack }: Representative<T>,
  promised: ReadonlyMap<string, unknown>,
): string | undefined {
  for (const [at, frame] of stack.frames.entries()) {
    if (isCombining(frame)) return undefined;
    const key = stack.callKeys[at]!;
    if (promised.has(key)) return key;
  }
  return undefined;
}

const weightOf = ({ weight }: { weight: number }) => weight;

function totalOf<Each>(all: readonly Each[], figureOf: (each: Each) => number): number {
  return all.reduce((sum, each) => sum + figureOf(each), 0);
}
