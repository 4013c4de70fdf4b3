import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Programs of others that are too large to be developed with: installed from npm, with pinned versions. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'installed programs',
          include: ['api/programs/installed/*.installed.test.ts'],
          globalSetup: 'scripts/testing/installed/install.ts',
        },
      },
    ],
  },
});
