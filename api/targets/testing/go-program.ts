/** A real Go program that serves `net/http/pprof`, where Go is installed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
  const child = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}
