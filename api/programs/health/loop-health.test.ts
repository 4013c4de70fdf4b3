/** Whole programs whose event loop is slow or busy: health names the line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type Finding } from '../../../client/index.ts';
import { observed, Program } from '../../../scripts/testing/program.ts';

const UNTIL_TOLD = { timeout: 280_000, interval: 500 };

const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-loop-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAMS = {
  delays: `
const orders = Array.from({ length: 500_000 }, (_, id) => ({ id, note: 'x' + id }));
function exportOrders() {
  return JSON.stringify(orders, (key, value) => (key === 'note' ? undefined : value));
}
setInterval(() => exportOrders(), 700);
`,
  busy: `
const jobs = Array.from({ length: 200 }, (_, id) => ({ id, isDue: false }));
function pollJobs() {
  jobs.find((job) => job.isDue);
  setImmediate(pollJobs);
}
pollJobs();
`,
  pool: `
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs';
function hashPassword(done) {
  pbkdf2('secret', 'salt', 400_000, 64, 'sha512', done);
}
function serveFile(done) {
  readFile('/dev/null', done);
}
const again = (work) => work(() => again(work));
for (let index = 0; index < 12; index += 1) again(hashPassword);
for (let index = 0; index < 3; index += 1) again(serveFile);
`,
  starts: `
const endMs = Date.now() + 1_500;
while (Date.now() < endMs);
setInterval(() => {}, 20);
`,
};

type Kind = Finding['kind'];

/** A started program, and what its health says. */
class LoopProgram extends Program {
  constructor(name: keyof typeof PROGRAMS) {
    const file = path.join(folder, `${name}.mjs`);
    writeFileSync(file, PROGRAMS[name]);
    super(observed([file]), { env: { PPROFQL_INTERVAL_MS: '1000' } });
  }

  async findings(kinds: readonly Kind[]): Promise<Finding[]> {
    const client = createDiagnosticsClient({ url: await this.url() });
    try {
      const { findings } = await client.health();
      return findings.filter(({ kind }) => kinds.includes(kind));
    } finally {
      client.dispose();
    }
  }
}

describe.concurrent('the health of a program', () => {
  it('names the line that delays its loop again and again', async () => {
    await using program = new LoopProgram('delays');
    await vi.waitFor(async () => {
      expect(await program.findings(['SLOW_LOOP', 'BLOCKED_LOOP'])).toContainEqual(
        expect.objectContaining({
          kind: 'SLOW_LOOP',
          culprit: expect.objectContaining({ function: 'exportOrders', line: 4 }),
        }),
      );
    }, UNTIL_TOLD);
  });

  it('names the line that keeps its thread busy', async () => {
    await using program = new LoopProgram('busy');
    const [finding] = await vi.waitFor(async () => {
      const found = await program.findings(['BUSY_THREAD']);
      expect(found).toMatchObject([{ culprit: { function: 'pollJobs' } }]);
      return found;
    }, UNTIL_TOLD);
    expect(finding!.culprit).toMatchObject({ origin: 'OWN' });
    expect(finding!.sentence).toMatch(
      /^The main thread is busy \d+ % of the time: ≈\d+ % of it in (?:the loop of )?pollJobs/,
    );
  });

  it('names the line that fills the pool of threads, and the one that waits behind it', async () => {
    await using program = new LoopProgram('pool');
    await vi.waitFor(async () => {
      const [finding] = await program.findings(['THREAD_POOL_SATURATED']);
      expect(finding?.culprit).toMatchObject({ function: 'hashPassword', origin: 'OWN' });
      expect(finding?.sentence).toMatch(
        /crypto jobs in hashPassword .* file system calls? in serveFile/,
      );
    }, UNTIL_TOLD);
  });

  it('does not hold against it what it did while it started', async () => {
    await using program = new LoopProgram('starts');
    await vi.waitFor(async () => {
      const client = createDiagnosticsClient({ url: await program.url() });
      const { pprof } = { pprof: await client.pprof() };
      client.dispose();
      expect(pprof!.history.length).toBeGreaterThan(8);
    }, UNTIL_TOLD);
    const found = await program.findings(['SLOW_LOOP', 'BLOCKED_LOOP', 'BUSY_THREAD']);
    expect(found.filter(({ severity }) => severity !== 'NOTICE')).toEqual([]);
  });
});
