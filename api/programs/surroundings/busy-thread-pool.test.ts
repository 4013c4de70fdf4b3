/** A program that keeps all threads of libuv busy, which files are read by and modules are imported through. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observed, Program } from '../../../scripts/testing/program.ts';

/** Opening a pipe waits for somebody who writes to it, and nobody does. */
const OPENS_PIPES = `
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs';
const pipe = new URL('pipe', import.meta.url).pathname;
execFileSync('mkfifo', [pipe]);
for (let thread = 0; thread < 4; thread += 1) open(pipe, () => {});
setInterval(() => {}, 1_000);
`;

describe.skipIf(process.platform === 'win32')(
  'a program that keeps libuv busy from its first line on',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-pool-'));
    let program: Program;
    let url: string;

    beforeAll(async () => {
      const file = path.join(folder, 'program.mjs');
      writeFileSync(file, OPENS_PIPES);
      program = new Program(observed([file]), { env: { UV_THREADPOOL_SIZE: '4' } });
      url = await program.url();
    });
    afterAll(async () => {
      await program?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is told of by the API', async () => {
      const { process: observedProcess } = await program.ask<{ process: { pid: number } }>(
        '{ process { pid } goroutines { totalGoroutines } health { sentence } }',
      );
      expect(observedProcess.pid).toBe(program.pid);
    });

    it.each(['', 'graphql'])('is shown on the page at /%s', async (place) => {
      const answer = await fetch(url + place, { headers: { accept: 'text/html' } });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<!doctype html>');
    });
  },
);
