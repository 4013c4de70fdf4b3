import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import root from '../package.json' with { type: 'json' };

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));

function pprofql(...args: string[]): Promise<{ stdout: string; stderr: string; code: unknown }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error?.code ?? 0 }),
    );
  });
}

describe('pprofql', () => {
  it.each(['--version', '-v'])('tells its own version, and not Node’s, for %s', async (flag) => {
    expect(await pprofql(flag)).toEqual({ stdout: `${root.version}\n`, stderr: '', code: 0 });
  });

  it.each(['--help', '-h'])('explains itself on stdout for %s', async (flag) => {
    const { stdout, stderr, code } = await pprofql(flag);
    expect(stdout).toContain('Usage: pprofql app.js');
    expect(stdout).toContain('pprofql analyze FILE');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('prints the address of its preload, which works in every folder', async () => {
    const { stdout, stderr, code } = await pprofql('path');
    expect(stdout).toBe(`${new URL('./register.ts', import.meta.url).href}\n`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('explains itself on stderr where nothing is asked', async () => {
    const { stdout, stderr, code } = await pprofql();
    expect(stderr).toContain('Usage: pprofql app.js');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  });
});
