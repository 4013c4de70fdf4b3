/** Says once which variables mean nothing: a misspelt one would otherwise be passed over in silence. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { logLine } from '../../log.ts';
import { unknownVariables } from './variables.ts';

const SHOWN = 5;
const SHOWN_CHARACTERS = 60;
/** Node hands this down to the threads that are started later, so that they do not say it again. */
const SAID = 'pprofql:unknown-variables';

/** One line on stderr for all of them, once in a process. Never throws. */
export function warnOfUnknownVariables(): void {
  try {
    const unknown = unknownVariables();
    if (unknown.length === 0 || getEnvironmentData(SAID) === true) return;
    setEnvironmentData(SAID, true);
    logLine(sentenceOf(unknown));
  } catch {
    // The program comes first; it can do without this line.
  }
}

/**
 * For example `there is no variable PPROFQL_PROT (the nearest is PPROFQL_PORT)`.
 * @internal
 */
export function sentenceOf(unknown: readonly { name: string; nearest: string }[]): string {
  const named = unknown
    .slice(0, SHOWN)
    .map(({ name, nearest }) => `${printable(name)} (the nearest is ${nearest})`);
  const hidden = unknown.length - SHOWN;
  if (hidden > 0) named.push(`${hidden} more`);
  return `there is no variable ${named.join(', ')}`;
}

function printable(name: string): string {
  return name.replace(/\P{ASCII}|\p{Cc}/gu, '?').slice(0, SHOWN_CHARACTERS);
}
