import { defineConfig } from 'vitest/config';
import { NODE_VERSIONS, nodeExecutable } from './scripts/node-versions.ts';
import base from './vitest.config.ts';

/** The tests that run whole programs: once more, with those programs on the older supported Nodes. */
const SUITES = [
  'api/stalls.test.ts',
  'api/requests.test.ts',
  'api/cpu-profile.test.ts',
  'api/cpu-profile-time.test.ts',
  'api/compiled-programs.test.ts',
  'api/standard-streams.test.ts',
  'api/standard-error.test.ts',
  'api/replaced-built-ins.test.ts',
  'api/waits.test.ts',
  'api/exact-tasks.test.ts',
  'api/attach.test.ts',
  'api/memory-by-line.test.ts',
];

/** What hangs on V8 and its inspector alone may differ within a line as well. */
const SUITES_WITHIN_A_LINE = ['api/stalls.test.ts', 'api/waits.test.ts'];

/** `npm test` runs them on our own. */
const OLDER = NODE_VERSIONS.filter((version) => `v${version}` !== process.version);

const executables = await Promise.all(OLDER.map(nodeExecutable));
const majorOf = (version: string | undefined) => version?.split('.')[0];

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: OLDER.map((version, index) => ({
      extends: true,
      test: {
        name: `Node ${version}`,
        // The oldest of a line has all of them.
        include: majorOf(version) === majorOf(OLDER[index - 1]) ? SUITES_WITHIN_A_LINE : SUITES,
        env: { PPROFQL_TEST_NODE: executables[index] },
      },
    })),
  },
});
