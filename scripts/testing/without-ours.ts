/** What the runner of these tests tells its own workers by is not meant for tools that a test starts. */
export const WITHOUT_OURS: NodeJS.ProcessEnv = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(?:VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|TINYPOOL)/.test(name))
    .map((name) => [name, undefined]),
);
