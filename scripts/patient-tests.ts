/** Before every test file: how long a test waits for its conditions, unless it says otherwise. */
import { vi } from 'vitest';

/** Vitest gives up after a second, which is too soon on a busy machine. */
const PATIENCE = { timeout: 25_000, interval: 20 };

const { waitFor } = vi;
vi.waitFor = (check, options) =>
  waitFor(check, {
    ...PATIENCE,
    ...(typeof options === 'number' ? { timeout: options } : options),
  });
