/** Answers of another pprofql as they may come: it may lack any field, being of another version. */
import { DiagnosticsError } from '../../../base/errors.ts';

/** A field that it does not know is null. */
export type Told<T> = T extends readonly (infer Item)[]
  ? Told<Item>[]
  : T extends object
    ? { [Field in keyof T]: Told<T[Field]> | null }
    : T;

type Complete<T, Fields extends keyof T> = T & { [Field in Fields]: NonNullable<T[Field]> };

/**
 * The same, known to have these fields, which no reading can be without.
 * @param name what it is called in the answer
 * @throws DiagnosticsError `INVALID_INPUT` that names the one it lacks
 */
export function complete<T extends object, Fields extends keyof T & string>(
  told: T | null,
  name: string,
  fields: readonly Fields[],
): Complete<T, Fields> {
  const lacking = fields.find((field) => told?.[field] == null);
  if (told != null && lacking === undefined) return told as Complete<T, Fields>;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `its pprofql is of a version that does not tell ${told == null ? name : `${name}.${lacking}`}`,
  );
}

/**
 * Sets what is at these paths to null, in each item of a list.
 * @example `{ rows: [{ a: 1 }] }` with `rows.b` becomes `{ rows: [{ a: 1, b: null }] }`.
 */
export function fillWithNull<T extends object>(data: T, paths: readonly string[]): T {
  for (const path of paths) fill(data, path.split('.'));
  return data;
}

function fill(value: unknown, [field, ...below]: readonly string[]): void {
  if (typeof value !== 'object' || value === null || field === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) fill(item, [field, ...below]);
    return;
  }
  const record = value as Record<string, unknown>;
  if (below.length > 0 && record[field] !== undefined) fill(record[field], below);
  else record[field] = null;
}
