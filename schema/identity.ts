import { createHash } from 'node:crypto';
import type { ObservedTarget } from '../api/targets/target.ts';

const ID_LENGTH = 16;

/**
 * The `id` of a row: no other row of the API has it, of whatever target, table and type, and the same
 * row has it in every answer. A cache that keys on it never mixes two rows.
 *
 * @param row what tells the row from others of its table
 */
export function rowId(
  { name }: Pick<ObservedTarget, 'name'>,
  table: string,
  ...row: readonly (string | number | boolean | null)[]
): string {
  const text = JSON.stringify([name, table, ...row]);
  return createHash('sha256').update(text).digest('base64url').slice(0, ID_LENGTH);
}

export const STACK_ID_DESCRIPTION =
  'Short name of the call stack: the same for the same frames in every table, target and answer of this version of the program. Unlike `id`, many rows may have it.';

export const ROW_ID_DESCRIPTION =
  'Identity of the row: no other table, target or type has it, and the row has it in every answer, so that a cache may key on it.';
