/**
 * Where the tasks of a whole program wait, by the truth that the program is written to.
 * `PPROFQL_TEST_NODE` is the Node it runs on. @default the one that runs the tests
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { observed, Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/waits/program.mjs', import.meta.url),
);
const PATIENCE = { interval: 100 };
const COUNT = 10;

const lines = readFileSync(PROGRAM, 'utf8').split('\n');
/** The first line of a function in which something is awaited. */
function awaitIn(name: string): number {
  const start = lines.findIndex((line) => line.includes(`async ${name}(`));
  return lines.findIndex((line, at) => at > start && line.includes('await ')) + 1;
}

async function start(flags: string[], args: string[]) {
  const program = new Program([...flags, ...observed([PROGRAM, ...args])]);
  onTestFinished(() => program.kill());
  const client = createDiagnosticsClient({ url: await program.url() });
  onTestFinished(() => client.dispose());
  return client;
}

const lastName = (name: string) => name.split('.').at(-1)!;

describe.each<[how: string, flags: string[], args: string[]]>([
  ['as it is', [], []],
  ['that freezes what stacks are made with', [], ['--freeze']],
  ['with frozen intrinsics', ['--frozen-intrinsics'], []],
])('a program %s', (_how, flags, args) => {
  it('shows each wait as often as it is there, at the line of its await', async () => {
    const client = await start(flags, args);
    async function waits() {
      const { groups } = await client.goroutines();
      const found: Record<string, unknown> = {};
      for (const { count, state, stackKind, culprit, frames } of groups) {
        if (!culprit?.file.endsWith('waits/program.mjs')) continue;
        const names = frames
          .filter(({ file }) => file === '' || file === culprit.file)
          .map((frame) => lastName(frame.function));
        const name = stackKind === 'WAITS' ? names.join(' < ') : names[0]!;
        found[`${state} ${stackKind} ${name}`] = [count, culprit.line];
      }
      return found;
    }
    await expect.poll(waits, PATIENCE).toMatchObject({
      'await WAITS lock': [COUNT, awaitIn('lock')],
      'await WAITS lock < all < callers': [COUNT, awaitIn('lock')],
      'await WAITS chained': [COUNT, awaitIn('chained')],
      'await WAITS raced': [COUNT, awaitIn('raced')],
      'await WAITS items < iterated': [COUNT, lines.indexOf('  await acquire();') + 1],
      'await WAITS event': [COUNT, awaitIn('event')],
      'timer WAITS timer': [COUNT, awaitIn('timer')],
      'timer WAITS slept': [COUNT, awaitIn('slept')],
      'await CREATED several': [COUNT, awaitIn('several')],
    });
  });
});
