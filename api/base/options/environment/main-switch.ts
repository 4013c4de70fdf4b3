/** `PPROFQL=off`: whether anything is started at all. */
import type { Environment } from './environment.ts';

/** Of every variable that is on or off: whoever wants something switched off should not have to guess the word. */
export const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['off', false],
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
]);

/** True where the environment says that the preload and the command are to start nothing. */
export function isSwitchedOff(env: Environment = process.env): boolean {
  return SWITCH.get(env.PPROFQL?.toLowerCase() ?? '') === false;
}
