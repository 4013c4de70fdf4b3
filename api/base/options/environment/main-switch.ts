/** `PPROFQL=off`: whether anything is started at all. */
import type { Environment } from './environment.ts';

export const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['off', false],
  ['true', true],
  ['false', false],
]);

/** `PPROFQL` itself: whoever wants nothing started should not have to guess the word. */
export const MAIN_SWITCH: ReadonlyMap<string, boolean> = new Map([
  ...SWITCH,
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
]);

/** True where the environment says that the preload and the command are to start nothing. */
export function isSwitchedOff(env: Environment = process.env): boolean {
  return MAIN_SWITCH.get(env.PPROFQL?.toLowerCase() ?? '') === false;
}
