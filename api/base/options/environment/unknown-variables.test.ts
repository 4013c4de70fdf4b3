import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sentenceOf } from './unknown-variables.ts';

const REGISTER = fileURLToPath(new URL('../../../register.ts', import.meta.url));
const INDEX = new URL('../../../index.ts', import.meta.url).href;

/** Starts diagnostics in every way there is, in the main thread and in a worker. */
const PROGRAM = `
const inWorker = \`import('${INDEX}').then(({ createDiagnosticsHandler }) => createDiagnosticsHandler().stop())\`;
const { startDiagnostics } = await import('${INDEX}');
await (await startDiagnostics()).stop();
const { Worker } = await import('node:worker_threads');
new Worker(inWorker, { eval: true }).on('exit', (code) => console.log('worker ended with ' + code));
`;

function run(env: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }> {
  const args = ['--import', REGISTER, '--input-type=module', '--eval', PROGRAM];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, PPROFQL_PORT: '0', ...env } };
    execFile(process.execPath, args, options, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
  });
}

describe('a variable that is not known', () => {
  it('is named once in a process, with the nearest that is, and ends nothing', async () => {
    const { stdout, stderr } = await run({ PPROFQL_PROT: '7000' });
    expect(stderr.match(/PPROFQL_PROT.*/g)).toEqual(['PPROFQL_PROT (the nearest is PPROFQL_PORT)']);
    expect(stderr).toMatch(/^pprofql: http:/m);
    expect(stdout).toBe('worker ended with 0\n');
  });

  it('is named in one line with all others, and cannot steer a terminal', () => {
    const unknown = Array.from({ length: 8 }, (_, at) => ({
      name: `PPROFQL_\x1b${'X'.repeat(100)}${at}`,
      nearest: 'PPROFQL_PORT',
    }));
    const sentence = sentenceOf(unknown);
    expect(sentence).not.toContain('\x1b');
    expect(sentence).toMatch(/, 3 more$/);
    expect(sentence.length).toBeLessThan(600);
  });
});
