/** Small programs for one purpose each, as source text. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns the path of a new module file with this source */
export async function writeProgram(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pprofql-e2e-'));
  const file = join(folder, 'program.mjs');
  await writeFile(file, source);
  return file;
}

/** Works for five seconds, blocks its thread for the given time, and works on. */
export function blockable({ forMs }: { forMs: number }): string {
  return `
    setTimeout(() => {
      const endMs = Date.now() + ${forMs};
      while (Date.now() < endMs);
    }, 5_000);
    setInterval(() => {}, 1_000);
  `;
}

/** Waits in this many functions, so that each makes a group; slowly, so that none is sampled out. */
export function manyGroups(count: number): string {
  const functions = Array.from(
    { length: count },
    (_, index) =>
      `async function wait${index}() { await new Promise((resolve) => kept.push(resolve)); }`,
  );
  const names = Array.from({ length: count }, (_, index) => `wait${index}`);
  return `
    const kept = []; // What nobody holds is collected, also a promise that somebody awaits.
    ${functions.join('\n')}
    const waiting = [${names.join(', ')}];
    const timer = setInterval(() => {
      for (const wait of waiting.splice(0, 20)) wait();
    }, 20);
  `;
}
