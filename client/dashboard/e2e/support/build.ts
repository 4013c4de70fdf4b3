/** Runs once before all browser tests: the page they look at is that of the sources. */
import { build } from 'vite';

export async function setup(): Promise<void> {
  await build({ root: 'client/dashboard', logLevel: 'warn' });
}
