/** A real Go program that serves `net/http/pprof`, where Go is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../../../scripts/testing/program.ts';

const SOURCE = fileURLToPath(new URL('../../../scripts/fixtures/go-target', import.meta.url));

export const hasGo = spawnSync('go', ['version']).status === 0;

export interface GoProgram extends AsyncDisposable {
  url: string;
}

export async function runGoProgram(): Promise<GoProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-go-'));
  const program = join(folder, 'watched');
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' };
  execFileSync('go', ['build', '-o', program, '.'], { cwd: SOURCE, env });
  const running = new Program([], { command: program });
  return {
    url: `http://${await running.nextLine()}`,
    async [Symbol.asyncDispose]() {
      await running.kill();
      rmSync(folder, { recursive: true });
    },
  };
}
