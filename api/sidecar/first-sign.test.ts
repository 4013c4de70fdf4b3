import { expect, it } from 'vitest';
import { Program } from '../../scripts/testing/program.ts';

const FIRST_SIGN = JSON.stringify(new URL('./first-sign.ts', import.meta.url));

/** Says that it begins, loads for a moment, and prints past the streams of its thread, which end with it. */
const LOADING = `
  const { workerData, parentPort } = require('node:worker_threads');
  import(${FIRST_SIGN}).then(({ giveFirstSign, loadUnderSign }) => {
    giveFirstSign(workerData);
    loadUnderSign(workerData, () => {
      parentPort.postMessage('begins');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      require('node:fs').writeSync(1, 'loaded');
    });
  });
`;

it('lets a process end once what another thread of it loads is loaded', async () => {
  await using program = new Program([
    '--input-type=module',
    '--eval',
    `import { Worker } from 'node:worker_threads';
    import { awaitFirstSignAtExit, createFirstSign } from ${FIRST_SIGN};
    const workerData = createFirstSign();
    awaitFirstSignAtExit(workerData, () => false);
    const worker = new Worker(${JSON.stringify(LOADING)}, { eval: true, execArgv: [], workerData });
    worker.once('message', () => process.exit(7));`,
  ]);
  const { code, stdout } = await program.ended;
  expect(stdout).toBe('loaded');
  expect(code).toBe(7);
});
