/** A sampled object, and the one thing on its path that is called its holder. */
import { isOwnFile } from '../../base/files/own-files.ts';
import type { EntryCounter } from '../graph/entries.ts';
import { type Step, stepKey, TIMERS } from './steps.ts';

/** A container with as many entries is what holds, however many names there are behind it. */
const MANY = 8;

/** A sampled object that may be of the stack. */
export interface Held {
  node: number;
  size: number;
  steps: Step[];
  /** Index of the step that is called its holder. */
  holder: number;
  /** Of the path to the holder. */
  key: string;
  /** How likely it is of the stack. */
  weight: number;
}

export function keyOf(steps: readonly Step[]): string {
  return steps.map(stepKey).join('\n');
}

/**
 * What holds many: the container with the most entries, else the last that has a name.
 * @param node the object that is held: itself the last step, or an inside of it that is not told, as a table
 */
export function holderOf(node: number, steps: readonly Step[], entriesOf: EntryCounter): number {
  const timer = steps.findIndex(({ className }) => TIMERS.has(className));
  if (timer >= 0) return timer;
  const isInside = steps.at(-1)!.node !== node;
  const last = isInside ? steps.length - 1 : steps.length - 2;
  let best = -1;
  let most = 0;
  steps.forEach((step, at) => {
    if (at > last || (at < steps.length - 1 && steps[at + 1]!.kind !== 'ENTRY')) return;
    const entries = entriesOf(step.node) ?? 0;
    if (entries > most) [best, most] = [at, entries];
  });
  if (best >= 0 && most >= MANY) return best;
  const named = steps.findLastIndex(
    ({ kind }, at) => kind !== 'ENTRY' && kind !== 'INTERNAL' && at <= last,
  );
  return best >= 0 ? best : Math.max(0, named);
}

/** Whether code of the program is on the path. */
export function isOfProgram(steps: readonly Step[]): boolean {
  if (isOfPprofql(steps)) return false;
  return steps.some(
    ({ kind, file }) => kind === 'GLOBAL' || (file !== null && !file.startsWith('node:')),
  );
}

/**
 * Node has numbers for its native code in typed arrays that it holds weakly, as the sampler does its objects.
 *
 *   (Global handles) → Object → hrtimeBuffer Uint32Array
 */
export function isOfNodeItself(steps: readonly Step[]): boolean {
  return !isOfProgram(steps) && TYPED_ARRAY.test(steps.at(-1)!.className);
}

const TYPED_ARRAY = /^(?:Big)?(?:Int|Uint|Float)(?:8|16|32|64)(?:Clamped)?Array$/;

/** It holds nothing that the program allocates; what is like it was made by pprofql. */
export function isOfPprofql(steps: readonly Step[]): boolean {
  return steps.some(({ file }) => file !== null && isOwnFile(file));
}
