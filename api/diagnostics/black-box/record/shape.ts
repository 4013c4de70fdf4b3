/** Checks data that somebody else may have written, part by part. */

/** Gives what it accepts. @throws Error that names the part which is not as it should be */
export type Check<T> = (value: unknown, name: string) => T;

type Json = Readonly<Record<string, unknown>>;

const LONGEST_TEXT = 20_000;

function refuse(name: string, words: string): never {
  throw new Error(`${name} is not ${words}`);
}

export const aNumber: Check<number> = (value, name) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(name, 'a number');

export const aText: Check<string> = (value, name) =>
  typeof value === 'string' && value.length <= LONGEST_TEXT ? value : refuse(name, 'a text');

export const aTruth: Check<boolean> = (value, name) =>
  typeof value === 'boolean' ? value : refuse(name, 'true or false');

/** What is left out may also be written as null. */
export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, name) =>
    value === null || value === undefined ? null : check(value, name);

/** Of a field that may be left out: it is where it is missing or null. */
export const orAbsent =
  <T>(check: Check<T>): Check<T> =>
  (value, name) =>
    value === null || value === undefined ? (undefined as T) : check(value, name);

export const oneOf =
  <T extends string>(words: readonly T[]): Check<T> =>
  (value, name) =>
    words.find((word) => word === value) ?? refuse(name, `one of ${words.join(', ')}`);

export const listOf =
  <T>(check: Check<T>, most = 1_000): Check<T[]> =>
  (value, name) => {
    if (!Array.isArray(value)) return refuse(name, 'a list');
    if (value.length > most) return refuse(name, `a list of ${most} at most`);
    return value.map((item, at) => check(item, `${name}[${at}]`));
  };

/** What is not named here is left out. */
export const recordOf =
  <T extends object>(checks: { [Field in keyof T]: Check<T[Field]> }): Check<T> =>
  (value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(name, 'an object');
    }
    const prefix = name === '' ? '' : `${name}.`;
    const entries = Object.entries(checks)
      .map(([field, check]) => [
        field,
        (check as Check<unknown>)((value as Json)[field], `${prefix}${field}`),
      ])
      .filter(([, checked]) => checked !== undefined);
    return Object.fromEntries(entries) as T;
  };
