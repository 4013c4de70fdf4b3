import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/testing/longest-first.ts';

// What the tests start, programs and Vitest's own workers, is compiled once: a program under the
// flag then takes a third of the CPU time to start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/node', import.meta.url),
);

const PURE = ['api/{analyzers,formats,go-dump,health,profile,source-maps}/**/*.test.ts'];

// What tests start and kill is no run that the next one should hear of.
process.env.PPROFQL_BLACK_BOX ??= 'off';

export default defineConfig({
  // Without these conditions vitest loads a second copy of `graphql`, and our
  // own GraphQLError turns into "Unexpected error." (schema/graphql-copy.test.ts guards it).
  ssr: { resolve: { conditions: ['module-sync', 'node', 'development|production'] } },
  test: {
    pool: 'forks',
    // Two cores are the smallest machine the suite must pass on; two more files wait for their programs
    // while two work.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Programs start, and stall, for as long as a busy machine lets them.
    testTimeout: 360_000,
    hookTimeout: 360_000,
    setupFiles: 'scripts/testing/patient-tests.ts',
    // As `vi.waitFor` has it from there.
    expect: { poll: { timeout: 120_000, interval: 50 } },
    projects: [
      // Functions of their arguments alone share a process: starting one a file takes as long as they do.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      // Probes hook the whole process (async_hooks, heap sampler): one process a file.
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['{api,client,schema,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.{e2e,installed}.test.ts', ...PURE],
        },
      },
    ],
  },
});
