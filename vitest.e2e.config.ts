import { defineConfig } from 'vitest/config';

/** The dashboard in a real browser, against real programs: slower than the rest, so kept apart. */
// What tests start and kill is no run that the next one should hear of.
process.env.PPROFQL_BLACK_BOX ??= 'off';

export default defineConfig({
  test: {
    include: ['client/dashboard/e2e/*.e2e.test.ts'],
    globalSetup: ['client/dashboard/e2e/support/build.ts'],
    // A line a test: a file alone takes minutes, in which silence would look like a hang.
    reporters: ['verbose'],
    pool: 'forks',
    // Much of it is waiting for what programs do.
    maxWorkers: 3,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // The second that is the default is less than a busy machine needs to draw four points.
    expect: { poll: { timeout: 60_000 } },
  },
});
