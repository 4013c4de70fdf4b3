/** Root fields are nullable, so that one that fails blanks no other; without errors they are there. */

/** Fields of which null is an answer; any other root field is null only where it failed. */
const NULL_IS_AN_ANSWER = [
  'cpuProfileStatus',
  'sourceMaps',
  'requests',
  'requestCoverage',
  'routes',
  'previousRun',
  'stackProfile',
] as const;

/** Data without errors. */
export type Answered<Data> = {
  [Field in keyof Data]: Field extends (typeof NULL_IS_AN_ANSWER)[number]
    ? Data[Field]
    : NonNullable<Data[Field]>;
};

/** True where no root field failed. */
export function isAnswered<Data>(data: Data): data is Data & Answered<Data> {
  return Object.entries(data ?? { data }).every(
    ([field, value]) =>
      (value !== null && value !== undefined && (field !== 'target' || isAnswered(value))) ||
      NULL_IS_AN_ANSWER.some((each) => each === field),
  );
}
