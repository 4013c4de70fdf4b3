/** Node's own files, written by Node itself, as `pprofql analyze` reads them. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Program } from '../../scripts/testing/program.ts';
import { DUMP } from '../targets/testing/fake-go-server.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** Computes for a time of its thread, which a busy machine stretches as it does all around it. */
const PROGRAM = `
const kept = [];
function keepRows() { for (let i = 0; i < 30_000; i++) kept.push({ row: 'r' + i, cells: [i, i, i, i] }); }
function burn() { const end = process.threadCpuUsage().user + 400_000; let n = 0; while (process.threadCpuUsage().user < end) for (let i = 0; i < 100_000; i++) n += Math.sqrt(n + i); return n; }
keepRows();
const beganMs = performance.now();
burn();
require('node:fs').writeFileSync('burned-ms', String(performance.now() - beganMs));
const server = require('node:net').createServer().listen(0, () => {
  process.report.writeReport('report.json', new Error('the warehouse is closed'));
  server.close();
});
globalThis.kept = kept;
`;
const PAGE = 'https://dash.example';
const SECRET = 'a-secret-of-the-environment';

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

describe('pprofql analyze', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-node-files-'));
  const files = { cpu: '', heap: '', report: join(folder, 'report.json') };

  function analyze(...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(process.execPath, [CLI, 'analyze', ...args], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  function save(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  beforeAll(() => {
    const program = save('warehouse.cjs', PROGRAM);
    execFileSync(process.execPath, ['--cpu-prof', '--heap-prof', program], {
      cwd: folder,
      env: { ...process.env, WAREHOUSE_SECRET: SECRET },
      stdio: 'ignore',
    });
    const ending = (text: string) =>
      join(folder, readdirSync(folder).find((name) => name.endsWith(text)) ?? 'absent');
    files.cpu = ending('.cpuprofile');
    files.heap = ending('.heapprofile');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('says where the time went in what node --cpu-prof wrote', async () => {
    const { code, stdout } = await analyze(files.cpu);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\.cpuprofile: CPU profile, \d+ samples over /);
    expect(stdout).toMatch(/burn +\/.*warehouse\.cjs:4$/m);
    const [{ cpu }] = JSON.parse((await analyze(files.cpu, '--json')).stdout);
    const [top] = cpu.topFunctions;
    expect(top.frame).toMatchObject({ function: 'burn', line: 4 });
    const burnedMs = Number(readFileSync(join(folder, 'burned-ms'), 'utf8'));
    expect(top.self.wallMs / burnedMs).toBeGreaterThan(0.5);
    expect(top.self.wallMs / burnedMs).toBeLessThan(1.5);
  });

  it('says what is live in what node --heap-prof wrote', async () => {
    const { code, stdout } = await analyze(files.heap);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\.heapprofile: heap profile, [\d.]+ MB live, /);
    expect(stdout).toMatch(/MB +keepRows +\/.*warehouse\.cjs:3$/m);
    // It tells no objects, and 0 would not be true.
    expect(stdout).not.toContain('OBJECTS');
  });

  it('says what happened in a diagnostic report, and tells no secret', async () => {
    const { code, stdout } = await analyze(files.report);
    expect(code).toBe(0);
    expect(stdout).toContain('report.json: diagnostic report of Node: JavaScript API');
    expect(stdout).toContain('Error: the warehouse is closed');
    expect(stdout).toMatch(/at .*warehouse\.cjs:10/);
    expect(stdout).toMatch(/heap \d.* used of .*, limit \d/);
    expect(stdout).toMatch(/1 +1 +1 +tcp$/m);
    expect(stdout).toMatch(/resident \d.*CPU \d+\.\d\d s user/);
    const json = await analyze(files.report, '--json');
    const [{ kind, report }] = JSON.parse(json.stdout);
    expect(kind).toBe('REPORT');
    expect(report).toMatchObject({
      process: { nodeVersion: process.version },
      javascript: { message: 'Error: the warehouse is closed' },
    });
    expect(report.heap.usedBytes).toBeGreaterThan(1e6);
    expect(stdout + json.stdout).not.toContain(SECRET);
  });

  it('prints what can be read beside what cannot, and tells of it by line and exit code', async () => {
    const picture = save('chart.cpuprofile', Buffer.from('89504e470d0a1a0a0000000d', 'hex'));
    const dump = save('dump.txt', DUMP);
    const { code, stdout, stderr } = await analyze(picture, dump, join(folder, 'absent'));
    expect(code).toBe(1);
    expect(stdout).toContain('dump.txt: goroutine dump, 3 goroutines');
    expect(stderr.trim().split('\n')).toEqual([
      `pprofql: ${picture}: this looks like a PNG picture`,
      expect.stringContaining('absent: there is no such file'),
    ]);
    const json = await analyze(picture, dump, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { file: 'dump.txt', kind: 'GOROUTINES' },
      { file: 'chart.cpuprofile', kind: 'REFUSED', reason: 'this looks like a PNG picture' },
    ]);
  });

  it('serves them as a process would be', async () => {
    const picture = save('chart.png', Buffer.from('89504e470d0a1a0a', 'hex'));
    const paths = [files.cpu, files.heap, files.report, picture];
    await using server = new Program([CLI, 'analyze', ...paths, '--serve'], {
      env: { PPROFQL_ALLOWED_ORIGINS: PAGE, PPROFQL_PROT: '1' },
    });
    const url = await server.url();
    const query = `{
      process { nodeVersion }
      pprof { memory { alloc sys } inuseAllocations { function bytes } }
      cpuProfiles { topFunctions(limit: 1) { function } }
    }`;
    await vi.waitFor(async () => {
      const response = await fetch(`${url}graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: PAGE },
        body: JSON.stringify({ query }),
      });
      const { data } = (await response.json()) as { data: Record<string, never> };
      expect(data).toMatchObject({
        process: { nodeVersion: process.version },
        pprof: {
          inuseAllocations: expect.arrayContaining([
            expect.objectContaining({ function: 'keepRows' }),
          ]),
        },
        cpuProfiles: [{ topFunctions: [{ function: 'burn' }] }],
      });
    });
    const { stderr } = server;
    expect(stderr).toContain('PPROFQL_PROT (the nearest is PPROFQL_PORT)');
    expect(stderr).toContain('chart.png: this looks like a PNG picture');
  });

  it('says of a folder that it is one', async () => {
    mkdirSync(join(folder, 'dumps'));
    const { stderr } = await analyze(join(folder, 'dumps'));
    expect(stderr).toMatch(/dumps: this is a folder; name the files in it\n$/);
  });
});
