import { defineConfig } from 'vitest/config';
import { NODE_VERSIONS, nodeExecutable } from './scripts/node-versions.ts';
import base from './vitest.config.ts';

/** The tests that run whole programs: once more, with those programs on the older supported Nodes. */
const SUITES = [
  'api/programs/loop/stalls.test.ts',
  'api/programs/requests/requests.test.ts',
  'api/programs/requests/callbacks.test.ts',
  'api/programs/requests/traces.test.ts',
  'api/programs/loop/cpu-profile.test.ts',
  'api/programs/loop/cpu-profile-time.test.ts',
  'api/programs/loop/interrupted.test.ts',
  'api/programs/surroundings/compiled-programs.test.ts',
  'api/programs/surroundings/standard-streams.test.ts',
  'api/programs/surroundings/standard-error.test.ts',
  'api/programs/surroundings/replaced-built-ins.test.ts',
  'api/programs/surroundings/busy-thread-pool.test.ts',
  'api/programs/tasks/waits.test.ts',
  'api/programs/tasks/exact-tasks.test.ts',
  'api/programs/processes/attach.test.ts',
  'api/programs/processes/children.test.ts',
  'api/programs/processes/worker-health.test.ts',
  'api/programs/memory/holders.test.ts',
  'api/programs/memory/hot-code.test.ts',
  'api/programs/memory/kinds-of-holders.test.ts',
  'api/programs/memory/memory-by-line.test.ts',
];

/** What hangs on V8 and its inspector alone may differ within a line as well. */
const SUITES_WITHIN_A_LINE = [
  'api/programs/loop/stalls.test.ts',
  'api/programs/tasks/waits.test.ts',
];

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
