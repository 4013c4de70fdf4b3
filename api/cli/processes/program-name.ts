/** What a process runs, told by its command line; its arguments are never shown. */
import { basename } from 'node:path';

/** Options of Node that take the next word as well. */
const TAKE_NEXT = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '--env-file-if-exists',
  '--inspect-port',
  '--debug-port',
  '--title',
  '--watch-path',
  '--test-reporter',
  '--test-name-pattern',
  '--run',
]);
const EVALUATES = /^(-e|--eval|-p|--print|-pe)$/;
const EVALUATED = '[eval]';
/** A title that a program has given itself may hold anything. */
const TITLE_WORDS = 3;
const LONGEST_NAME = 60;
const CONTROLS = /\p{Cc}/gu;

/** The words after the name of Node: `['node', '--import', 'x', '/srv/app.js', '--key', 's']` → `/srv/app.js`. */
export function entryOf([, ...words]: readonly string[]): string | null {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (EVALUATES.test(word)) return EVALUATED;
    if (word === '--') return words[at + 1] ?? null;
    if (TAKE_NEXT.has(word)) at += 1;
    else if (!word.startsWith('-')) return word;
  }
  return null;
}

/**
 * For example `['node', '/srv/app.js', '--key', 'secret']` → `app.js`, and of a process that has given itself a title
 * (`['npm run dev --token x']`) its first words.
 */
export function programName(args: readonly string[]): string {
  return nameOf(args).replace(CONTROLS, '�').slice(0, LONGEST_NAME);
}

function nameOf(args: readonly string[]): string {
  const [first = ''] = args;
  // A title fills the whole command line, which has one part then.
  if (args.length <= 1 && / /.test(first)) {
    const words = first.trim().split(/\s+/);
    const option = words.findIndex((word) => word.startsWith('-'));
    return words.slice(0, Math.min(option < 0 ? TITLE_WORDS : option, TITLE_WORDS)).join(' ');
  }
  const entry = entryOf(args);
  return basename(entry ?? first);
}
