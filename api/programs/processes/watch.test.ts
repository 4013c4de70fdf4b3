/** `node --watch`: each change of the program's files starts a new process of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { freePort } from '../../../scripts/testing/free-port.ts';
import { launchObserved } from '../../../scripts/testing/program.ts';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';

it('answers at the same address for the process that follows a change', async () => {
  const file = join(temporaryFolder(), 'app.mjs');
  const write = (text: string) =>
    writeFileSync(file, `console.log('${text}', process.pid); setInterval(() => {}, 1_000);\n`);
  write('first');
  const port = String(await freePort());
  await using program = launchObserved(['--watch', file], { env: { PPROFQL_PORT: port } });
  const url = await program.url();
  const client = createDiagnosticsClient({ url });
  // Between the two nobody answers.
  const observed = () =>
    client.query<{ process: { pid: number } }>('{ process { pid } }', {}).then(
      (data) => data.process.pid,
      () => null,
    );
  const [, first] = await program.printed(/first (\d+)/);
  await expect.poll(observed).toBe(Number(first));
  write('second');
  const [, second] = await program.printed(/second (\d+)/);
  expect(second).not.toBe(first);
  await expect.poll(observed, { timeout: 60_000 }).toBe(Number(second));
  client.dispose();
  expect(new Set(program.stderr.match(/http:\S+/g))).toEqual(new Set([url]));
});
