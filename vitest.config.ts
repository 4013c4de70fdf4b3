import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What the tests start, programs and Vitest's own workers, is compiled once: a program under the
// flag then takes a third of the CPU time to start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/node', import.meta.url),
);

export default defineConfig({
  // Without these conditions vitest loads a second copy of `graphql`, and our
  // own GraphQLError turns into "Unexpected error." (schema/graphql-copy.test.ts guards it).
  ssr: { resolve: { conditions: ['module-sync', 'node', 'development|production'] } },
  test: {
    // Probes hook the whole process (async_hooks, heap sampler): one process a file.
    pool: 'forks',
    // Two cores are the smallest machine the suite must pass on.
    maxWorkers: 2,
    // Programs start, and stall, for as long as a busy machine lets them.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    setupFiles: 'scripts/testing/patient-tests.ts',
    // As `vi.waitFor` has it from there.
    expect: { poll: { timeout: 25_000, interval: 20 } },
    include: ['{api,client,schema,scripts}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/*.e2e.test.ts'],
  },
});
