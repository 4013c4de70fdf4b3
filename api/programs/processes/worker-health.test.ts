/** What health names of the worker threads of a whole program: each by its name, with its line. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/threads/program.mjs', import.meta.url),
);
const [LEAKING, BUSY, STUCK] = [0, 1, 2];
/** A worker counts as busy after a minute without a break, as leaking after two of growth. */
const UNTIL_TOLD = { interval: 500, timeout: 300_000 };

describe('of the worker threads of a program, health names', () => {
  let program: Program;
  let client: DiagnosticsClient;
  beforeAll(async () => {
    program = launchObserved([PROGRAM]);
    await program.printed(/^ready$/m);
    client = createDiagnosticsClient({ url: await program.url() });
    program.write(`leak ${LEAKING}`);
    program.write(`crunch ${BUSY}`);
  });
  afterAll(async () => {
    client.dispose();
    await program.kill();
  });

  const nameOf = async (at: number) => {
    program.write(`id ${at}`);
    const [, id] = await program.printed(new RegExp(`^id ${at} (\\d+)$`, 'm'));
    return `worker-${id}`;
  };

  /** Among the findings of the process, and as the only one of the worker itself. */
  async function finding(at: number, kind: string) {
    const name = await nameOf(at);
    return vi.waitFor(async () => {
      const { findings } = await client.health();
      const told = findings.filter(({ sentence }) => sentence.startsWith(`${name} of worker.mjs`));
      expect(told.map((one) => one.kind)).toEqual([kind]);
      const own = await client.target(name).health();
      expect(own.findings.map((one) => one.kind)).toEqual([kind]);
      return told[0]!;
    }, UNTIL_TOLD);
  }

  it('one that is stuck', async () => {
    program.write(`spin ${STUCK} Infinity`);
    const { sentence } = await finding(STUCK, 'BLOCKED_LOOP');
    expect(sentence).toMatch(/ spins in findEdge \(\S*worker\.mjs:10\)/);
    program.write(`terminate ${STUCK}`);
    await program.printed(/^terminated 1$/m);
  });

  it('one that is busy without a break, although its loop turns', async () => {
    const { sentence, culprit } = await finding(BUSY, 'BUSY_THREAD');
    expect(sentence).toMatch(/ has been busy for .* without a break, .* in findEdge /);
    expect(culprit?.line).toBe(10);
  });

  it('one whose heap grows, with the line that fills it', async () => {
    const { sentence, culprit } = await finding(LEAKING, 'HEAP_GROWTH');
    expect(sentence).toMatch(/: heap grew .* of it from (?:remember|fill) \(\S*worker\.mjs:\d+\)/);
    // V8 may put the one into the other.
    expect(culprit?.function).toMatch(/^(?:remember|fill)$/);
  });
});
