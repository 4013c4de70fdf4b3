/** The environment variable of each option, and those that are set but mean nothing. */

import { RULES } from '../rules.ts';
import type { Environment } from './environment.ts';
import { nearestName } from './nearest-name.ts';

/**
 * The variable of each option.
 * @internal
 */
export const VARIABLES = Object.fromEntries(
  Object.entries(RULES).map(([name, { env }]) => [name, env]),
) as Readonly<Record<keyof typeof RULES, string>>;

/** What begins like ours, is ours, and no option: the main switch, and what our example and our tests read. */
const OTHER_VARIABLES = ['PPROFQL', 'PPROFQL_URL', 'PPROFQL_TEST_NODE'];

/** For example `historySize` → `PPROFQL_HISTORY_SIZE`, which is what people guess. */
const guessOf = (option: string) =>
  `PPROFQL_${option.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/**
 * Variables that are set, begin with `PPROFQL_`, and mean nothing, each with the known one that is
 * most like it. For example `PPROFQL_PROT` with `PPROFQL_PORT`.
 */
export function unknownVariables(
  env: Environment = process.env,
): { name: string; nearest: string }[] {
  const known = new Map<string, string>();
  for (const [option, variable] of Object.entries(VARIABLES)) {
    known.set(guessOf(option), variable);
    known.set(variable, variable);
  }
  const meant = new Set([...Object.values(VARIABLES), ...OTHER_VARIABLES]);
  return (
    Object.entries(env)
      .filter(([name, text]) => /^pprofql_/i.test(name) && !meant.has(name) && text !== '')
      // Where names have no case (Windows), such a variable is read like any other.
      .filter(([name]) => process.platform !== 'win32' || !meant.has(name.toUpperCase()))
      .map(([name]) => ({
        name,
        nearest: known.get(nearestName(name.toUpperCase(), known.keys()))!,
      }))
  );
}
