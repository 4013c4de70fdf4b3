/** `PPROFQL=off`: whether anything is started at all. Asked before it is known that JavaScript's built-ins work. */
import type { Environment } from './environment.ts';

/** Of every variable that is on or off: whoever wants something switched off should not have to guess the word. */
const ON = ['on', 'true', '1', 'yes'];
const OFF = ['off', 'false', '0', 'no'];

/** What such a word says, in upper or lower case; undefined for any other. */
export function switchOf(word: string): boolean | undefined {
  const lower = word.toLowerCase();
  if (ON.includes(lower)) return true;
  return OFF.includes(lower) ? false : undefined;
}

/** True where the environment says that the preload and the command are to start nothing. */
export function isSwitchedOff(env: Environment = process.env): boolean {
  return switchOf(env.PPROFQL ?? '') === false;
}
