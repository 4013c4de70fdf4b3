/** A pool of worker threads as programs have it: piscina's, whose idle threads wait within one turn of their loops. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { observed, Program } from '../../../scripts/testing/program.ts';
import { ofProgram } from '../../../scripts/testing/program-health.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/pool/program.mjs', import.meta.url),
);
const UNTIL_SEEN = { interval: 200 };

/** @param last what it is told at last */
async function endingOf(args: readonly string[], last: string) {
  await using program = new Program(args);
  await program.printed(/^ready$/m);
  program.write('double 21');
  await program.printed(/^doubled 42$/m);
  program.write(last);
  const { stderr, ...ending } = await program.end();
  return { ...ending, stderr: stderr.replace(/^pprofql: http\S+\n/, '') };
}

describe('a pool of piscina', () => {
  it('has a target for each thread, and names the one that spins by its line and no idle one', async () => {
    await using program = new Program(observed([PROGRAM]));
    await program.printed(/^ready$/m);
    const client = createDiagnosticsClient({ url: await program.url() });
    const titles = async () => (await client.targets()).map(({ title }) => title);
    const ofPool = expect.stringMatching(/^worker-\d+ of piscina\/worker\.js$/);
    await vi.waitFor(
      async () => expect(await titles()).toEqual([null, ofPool, ofPool, ofPool]),
      UNTIL_SEEN,
    );
    program.write('search 60000');
    const sentences = await vi.waitFor(async () => {
      const { findings } = ofProgram(await client.health());
      expect(findings).not.toEqual([]);
      return findings.map(({ sentence }) => sentence);
    }, UNTIL_SEEN);
    expect(sentences).toEqual([
      expect.stringMatching(
        /^worker-\d+ of piscina\/worker\.js spins in searchFor \(\S*job\.mjs:4\)/,
      ),
    ]);
    client.dispose();
  });

  it.each([
    { last: 'double 4', code: 0 },
    { last: 'exit 7', code: 7 },
  ])('ends after "$last" with $code, as it does without', async ({ last, code }) => {
    const endings = [endingOf([PROGRAM], last), endingOf(observed([PROGRAM]), last)];
    const [without, ending] = await Promise.all(endings);
    expect(without).toMatchObject({ code, stderr: '' });
    expect(ending).toEqual(without);
  });
});
