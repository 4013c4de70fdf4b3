import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Program } from '../../scripts/testing/program.ts';
import {
  CPU,
  HEAP,
  QUIET_DUMP,
  STUCK_DUMP,
  STUCK_SENTENCE,
} from '../targets/testing/saved-samples.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pprofql-serve-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** In a folder of its own: two may have one name. */
function save(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'case-')), name);
  writeFileSync(path, content);
  return path;
}

it('pprofql analyze --serve shows each of several dumps by its name, the first at once', async () => {
  const dumps = [save('before.txt', QUIET_DUMP), save('after.txt', STUCK_DUMP)];
  const several = new Program([CLI, 'analyze', ...dumps, '--serve']);
  onTestFinished(() => several.kill());
  await several.url();
  const answer = await several.ask(
    '{ targets { name } goroutines { totalGoroutines } target(name: "after.txt") { health { status } } }',
  );
  expect(answer).toMatchObject({
    targets: [{ name: 'before.txt' }, { name: 'after.txt' }],
    goroutines: { totalGoroutines: 3 },
    target: { health: { status: 'WARNING' } },
  });
});

describe('pprofql analyze --serve', () => {
  let server: Program;

  beforeAll(async () => {
    const files = [
      save('dump.txt', QUIET_DUMP),
      save('heap', HEAP),
      save('cpu', CPU),
      save('stuck.txt', STUCK_DUMP),
    ];
    server = new Program([CLI, 'analyze', ...files, '--serve']);
    await server.url();
  });

  afterAll(() => server.kill());

  it('answers as a process would, from all files together or from one', async () => {
    const query = `{
      goroutines { totalGoroutines }
      pprof { observation { via } inuseAllocations { function bytes } }
      target(name: "dump.txt") { goroutines { totalGoroutines } }
      targets { name kind }
    }`;
    expect(await server.ask(query)).toEqual({
      goroutines: { totalGoroutines: 3 },
      pprof: {
        observation: { via: 'FILE' },
        inuseAllocations: [{ function: 'leak', bytes: 2_048 }],
      },
      target: { goroutines: { totalGoroutines: 3 } },
      targets: [
        { name: 'files', kind: 'FILE' },
        { name: 'dump.txt', kind: 'FILE' },
        { name: 'heap', kind: 'FILE' },
        { name: 'cpu', kind: 'FILE' },
        { name: 'stuck.txt', kind: 'FILE' },
      ],
    });
  });

  it('is null, and never 0, where no file tells it', async () => {
    const query = `
      fragment Told on Target {
        pprof {
          memory { alloc heapInuse sys }
          runtime { numGc }
          gc { count }
          allocationProfile { samplingIntervalBytes }
        }
      }
      {
        dump: target(name: "dump.txt") { ...Told }
        heap: target(name: "heap") { ...Told }
        cpu: target(name: "cpu") { ...Told pprof { observation { ageMs } } }
      }`;
    const unknown = { runtime: { numGc: null }, gc: { count: null } };
    const nothing = { alloc: null, heapInuse: null, sys: null };
    expect(await server.ask(query)).toEqual({
      dump: { pprof: { ...unknown, memory: nothing, allocationProfile: null } },
      heap: {
        pprof: {
          ...unknown,
          memory: { ...nothing, alloc: 2_048 },
          allocationProfile: { samplingIntervalBytes: null },
        },
      },
      cpu: {
        pprof: {
          ...unknown,
          memory: nothing,
          allocationProfile: null,
          observation: { ageMs: expect.closeTo(0, -7) },
        },
      },
    });
  });

  it('tells what is wrong in each file', async () => {
    const query = `{
      health { sentence }
      target(name: "stuck.txt") { health { status sentence } }
    }`;
    expect(await server.ask(query)).toEqual({
      health: { sentence: 'Nothing in these files looks stuck.' },
      target: { health: { status: 'WARNING', sentence: STUCK_SENTENCE } },
    });
  });

  it('lists a CPU profile as if it had been taken', async () => {
    const query =
      '{ target(name: "cpu") { cpuProfiles { topFunctions(limit: 1) { function selfMs } } } }';
    await expect
      .poll(() => server.ask(query))
      .toMatchObject({
        target: { cpuProfiles: [{ topFunctions: [{ function: 'work', selfMs: 3 }] }] },
      });
  });

  it('serves the page', async () => {
    const response = await fetch(await server.url());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});
