/**
 * How many wait in a function is known twice: by what they wait for now, and by what its calls have promised. What is
 * made anew with each round of a loop is sampled coarsely in a busy program; the promise of a loop that began in a calm
 * moment was recorded as one.
 */
import { math } from '../../../base/numbers/math.ts';
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
  const waitingIn = new Map<string, Representative<T>[]>();
  for (const each of shown) {
    const key = each.stackKind === 'WAITS' ? standsIn(each, promised) : undefined;
    if (key !== undefined) addTo(waitingIn, key, each);
  }
  const found: CoarseWaits<T>[] = [];
  for (const [key, waiting] of waitingIn) {
    const calls = estimateOf(promised.get(key)!);
    const waits = estimateOf(waiting);
    const isPrecise = calls.variance < waits.variance;
    const isOfOthers = isSignificant(
      math.abs(calls.count - waits.count),
      calls.variance + waits.variance,
    );
    if (isPrecise && !isOfOthers) found.push({ waiting, factor: calls.count / waits.count });
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

interface Estimate {
  count: number;
  variance: number;
}

function estimateOf(sampled: readonly Pick<AwaitedTask, 'weight'>[]): Estimate {
  let [count, variance] = [0, 0];
  for (const each of sampled) {
    count += each.weight;
    variance += varianceOf(each);
  }
  return { count, variance };
}
