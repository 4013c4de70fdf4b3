/** The environment of the program, and what of it pprofql's own threads are given. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that would make Node load, write or tell something in a thread of ours. */
const NOT_FOR_WORKERS = new Set([
  'NODE_OPTIONS',
  'NODE_V8_COVERAGE',
  'PPROFQL_TOKEN',
  'PPROFQL_FLEET',
]);

/** The environment of pprofql's own threads. */
export function workerEnvironment(env: Environment = process.env): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !NOT_FOR_WORKERS.has(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
