/** The tests that run whole programs, once more with those programs on the older supported Nodes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NODE_VERSIONS, nodeExecutable } from './node-versions.ts';

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
];

/** `npm test` runs them on our own. */
const older = NODE_VERSIONS.filter((version) => `v${version}` !== process.version);

for (const version of older) {
  console.log(`\nPrograms on Node ${version}`);
  const env = { ...process.env, PPROFQL_TEST_NODE: await nodeExecutable(version) };
  const vitest = spawn('vitest', ['run', ...SUITES], { env, stdio: 'inherit', shell: true });
  const [code] = await once(vitest, 'exit');
  if (code !== 0) process.exitCode = 1;
}
