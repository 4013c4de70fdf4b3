/** Before every test file: how long a test waits for its conditions, unless it says otherwise. */
import { vi } from 'vitest';

/** Vitest gives up after a second, which is too soon on a busy machine. */
const PATIENCE = { timeout: 120_000, interval: 50 };

type Options = number | { timeout?: number; interval?: number };

const patiently = (options?: Options) => ({
  ...PATIENCE,
  ...(typeof options === 'number' ? { timeout: options } : options),
});

const { waitFor, waitUntil } = vi;
vi.waitFor = (check, options) => waitFor(check, patiently(options));
vi.waitUntil = (check, options) => waitUntil(check, patiently(options));
