import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { launchObserved } from '../../scripts/testing/program.ts';
import { DEFAULTS } from '../base/options/options.ts';
import { resolveOptions } from '../base/options/resolve.ts';
import { heapLimitMb } from './thread.ts';

const PROGRAMS = fileURLToPath(new URL('../../scripts/fixtures/hostile/', import.meta.url));

/** Runs a program under the preload to its end. */
async function run(program: string, flags: string[] = [], env: Record<string, string> = {}) {
  await using child = launchObserved([...flags, `${PROGRAMS}${program}`], { env });
  return await child.ended;
}

describe('the memory that the sidecar may take', () => {
  const MIB = 1024 ** 2;

  it('is 512 MB by default', () => {
    expect(heapLimitMb(DEFAULTS)).toBe(512);
  });

  it('has room for all that the options let it keep', () => {
    const most = { maxCaptures: 100, maxTaskRecords: 1_000_000, sourceMapMemoryBytes: 1024 * MIB };
    const options = resolveOptions(most, {});
    expect(heapLimitMb(options)).toBeGreaterThan(heapLimitMb(DEFAULTS) + 1_024 - 128 + 90 * 10);
  });
});

describe('a program that may not start threads', () => {
  it('runs as without pprofql, and is told why in one line', async () => {
    const { code, stdout, stderr } = await run('counts-exit-listeners.js', [
      '--permission',
      '--allow-fs-read=*',
      '--allow-addons',
    ]);
    expect(stdout).toBe('exit listeners left: 0\n');
    expect(stderr).toMatch(/^pprofql: .+/m);
    expect(code).toBe(0);
  });
});

describe('a program that may start threads, and not be inspected', () => {
  const BLOCKS = `
    setInterval(() => { for (const end = Date.now() + 300; Date.now() < end; ); }, 50);
    process.stdin.resume().on('end', () => process.exit(7));`;

  it('is observed without that, and ends as it would', async () => {
    const flags = ['--permission', '--allow-fs-read=*', '--allow-addons', '--allow-worker'];
    // Before Node 25 the network needs no permission.
    if (process.allowedNodeEnvironmentFlags.has('--allow-net')) flags.push('--allow-net');
    await using program = launchObserved([...flags, '--eval', BLOCKS], {
      env: { PPROFQL_STALL_MS: '100' },
    });
    await vi.waitFor(async () => {
      const { stalls } = await program.ask<{ stalls: { sentence: string }[] }>(
        '{ stalls { sentence } }',
      );
      expect(stalls[0]?.sentence).toContain('may not be inspected');
    });
    const { code, signal } = await program.end();
    expect({ code, signal }).toEqual({ code: 7, signal: null });
  });
});

describe('PPROFQL', () => {
  it.each(['off', 'OFF', '0', 'false', 'no'])('starts nothing when it is %s', async (PPROFQL) => {
    const { code, stderr } = await run('counts-exit-listeners.js', [], { PPROFQL });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('names a word that it does not know, and starts nothing', async () => {
    const { code, stderr } = await run('counts-exit-listeners.js', [], { PPROFQL: 'nonsense' });
    expect(stderr).toBe('pprofql: PPROFQL is "nonsense", allowed is on or off\n');
    expect(code).toBe(0);
  });
});

describe('a program', () => {
  const ADDRESS = /^pprofql: (http\S+)$/m;

  it('runs before its diagnostics listen, and is told their address also where it never gives up its first turn', async () => {
    await using program = launchObserved(['--eval', 'console.log("first line"); for (;;);']);
    await program.printed(/first line/);
    expect(program.stderr).toBe('');
    const [, url] = await program.printed(ADDRESS, 'stderr');
    const answer = await fetch(`${url}graphql?query={process{pid}}`);
    expect(await answer.json()).toMatchObject({ data: { process: { pid: expect.any(Number) } } });
  });

  it.each(['', 'process.exit()'])('that ends at once ("%s") has its line', async (text) => {
    await using program = launchObserved(['--eval', text]);
    const { code, stderr } = await program.ended;
    expect(stderr).toMatch(ADDRESS);
    expect(code).toBe(0);
  });
});
