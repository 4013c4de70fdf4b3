/** A holder in words: "`sessions` Map in session-cache.ts, 12,400 entries, 98 %". */

import { TIMERS } from '../steps.ts';
import type { HolderPath, ToldStep } from '../types.ts';

/** @param pathOf how a file is shown */
export function holderSentence(
  { steps, entries, share }: HolderPath,
  pathOf: (file: string) => string,
): string {
  const parts = [subject(steps, pathOf)];
  if (entries !== null && entries > 1) parts.push(`${entries.toLocaleString('en-US')} entries`);
  parts.push(`${Math.round(share * 100)} %`);
  return parts.join(', ');
}

/**
 * Who holds what settles a promise: "`waiters` Array of `lock` Lock"; null where it is not told.
 * @param steps to the function that does
 */
export function settlerText(
  steps: readonly ToldStep[],
  pathOf: (file: string) => string,
): string | null {
  const timer = steps.findIndex(({ className }) => TIMERS.has(className));
  // What hangs on another promise is settled by what settles that.
  const promise = steps.findIndex(({ kind, name }) => kind === 'INTERNAL' && name !== null);
  const upTo = timer >= 0 ? timer : (promise < 0 ? steps.length : promise) - 1;
  const last = steps.findLastIndex(({ name }, at) => at <= upTo && name !== null);
  const told = timer >= 0 ? steps.slice(0, timer + 1) : steps.slice(0, last + 1);
  return told.length === 0 ? null : subject(told, pathOf);
}

function subject(steps: readonly ToldStep[], pathOf: (file: string) => string): string {
  const holder = steps.at(-1)!;
  const place = placeText([...steps].reverse(), pathOf);
  const events = steps.findLastIndex(({ name }) => name === '_events');
  if (events > 0 && events === steps.length - 2) {
    const emitter = steps[events - 1]!;
    return `listeners of ${named(emitter)} '${holder.name}'${place}`;
  }
  if (holder.name === EVENTS_OF_TARGET && steps.length > 1) {
    return `listeners of ${named(steps.at(-2)!)}${ownerText(steps.slice(0, -1))}${place}`;
  }
  if (TIMERS.has(holder.className)) return `timers that call ${holder.function}${place}`;
  return `${named(holder)}${ownerText(steps)}${place}`;
}

/** Where Node's event targets keep their listeners. */
const EVENTS_OF_TARGET = '<symbol kEvents>';

/** Whose property the last step is. */
function ownerText(steps: readonly ToldStep[]): string {
  const owner = steps.findLast(({ name }, at) => at < steps.length - 1 && name !== null);
  return steps.at(-1)!.kind === 'PROPERTY' && owner !== undefined ? ` of ${named(owner)}` : '';
}

function named({ name, className, function: fn }: ToldStep): string {
  if (name === null)
    return className === 'function' ? `function ${fn ?? '(anonymous)'}` : `a ${className}`;
  return `\`${name}\` ${className}`;
}

/** Of the step nearest to the objects that has one. */
function placeText(steps: readonly ToldStep[], pathOf: (file: string) => string): string {
  const step = steps.find(({ file }) => file !== null);
  if (step === undefined) return '';
  const line = step.line === null ? '' : `:${step.line}`;
  return ` in ${pathOf(step.file!)}${line}`;
}
