/** A TypeScript program, compiled and bundled as people do, and whether its places are still found. */
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NODE, observed, Program } from '../../../scripts/testing/program.ts';

const REGISTER = fileURLToPath(new URL('../../register.ts', import.meta.url));
const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const SOURCE = fileURLToPath(
  new URL('../../../scripts/fixtures/compiled/program.ts', import.meta.url),
);
const BURST_MS = 100;
/** Longer than anybody waits for it to be seen. */
const STALL_MS = 90_000;

const lines = readFileSync(SOURCE, 'utf8').split('\n');
const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
const PLACE = 'src/program.ts';
const LEAK = { path: PLACE, line: lineOf('function keepRows') };
const HANG = { path: PLACE, line: lineOf('new Promise') };
const HOT = { path: PLACE, line: lineOf('function fibonacci') };

interface Frame {
  path: string;
  file: string;
  line: number;
}

interface Answer {
  process: { programRoot: string };
  pprof: { inuseAllocations: { bytes: number; frames: Frame[] }[] };
  goroutines: { groups: { count: number; topFrame: Frame | null }[] };
}

const QUERY = `{
  process { programRoot }
  pprof { inuseAllocations { bytes frames { path file line } } }
  goroutines { groups { count topFrame { path file line } } }
}`;

const INDEX = new URL('../../index.ts', import.meta.url).href;
/** Serves itself, and says so as the preload does. */
const MOUNTED = `
import { createServer } from 'node:http';
import { createDiagnosticsHandler } from '${INDEX}';
const server = createServer(createDiagnosticsHandler());
server.listen(0, '127.0.0.1', () => {
  console.error('pprofql: http://127.0.0.1:' + server.address().port + '/');
});
await import('./external/src/program.js');
`;

/** Runs the program in a test that never ends. */
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const VITEST_TEST = `
test('runs', { timeout: 600_000 }, async () => {
  await import('./src/program.ts');
  await new Promise(() => {});
});
`;

/** Computes for half of the time, in a worker thread. Its first lines are gone once it is compiled. */
const BUSY = `interface Gone {
  lines: number;
}

function spin(ms: number): number {
  const end: number = Date.now() + ms;
  let n = 0;
  while (Date.now() < end) n += Math.sqrt(n + ms);
  return n;
}
setInterval(() => spin(100), 200);
`;
/** Its own, and that of its caller, which V8 may make one function of. */
const SPIN_LINES = [5, 11];
const STARTS_BUSY = `import { Worker } from 'node:worker_threads';
new Worker(new URL('./busy.ts', import.meta.url));
console.log('ready');
`;
const BUSY_TEST = `
test('runs', { timeout: 600_000 }, async () => {
  await import('./src/busy.ts');
  console.log('ready');
  await new Promise(() => {});
});
`;

let folder: string;
const programs: Program[] = [];

/** Lets it compute for so long, or for the longest of several that it reads at once. */
const burn = (program: Program, milliseconds: number) => program.write(String(milliseconds));

async function compile(outDir: string, ...flags: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [TSC, '-p', folder, '--outDir', outDir, ...flags]);
}

async function bundle(outDir: string): Promise<void> {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: { ssr: 'src/program.ts', outDir, minify: true, sourcemap: true, emptyOutDir: false },
  });
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pprofql-maps-')));
  cpSync(SOURCE, path.join(folder, PLACE), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const options = { module: 'nodenext', target: 'es2022', noCheck: true, types: [], rootDir: '.' };
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: [PLACE] }),
  );
  writeFileSync(path.join(folder, 'src/busy.ts'), BUSY);
  writeFileSync(path.join(folder, 'src/starts-busy.ts'), STARTS_BUSY);
  cpSync(path.join(folder, 'src/busy.ts'), path.join(folder, 'busy/src/busy.ts'));
  writeFileSync(path.join(folder, 'busy/busy.test.js'), BUSY_TEST);
  writeFileSync(
    path.join(folder, 'busy/vitest.config.js'),
    'export default { test: { globals: true } };',
  );
  const from = (outDir: string) => path.join(folder, outDir);
  await Promise.all([
    compile(from('external'), '--sourceMap'),
    compile(from('inline'), '--inlineSourceMap'),
    compile(from('without')),
    bundle(from('bundle')),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A busy machine makes pauses long, after which a heap is not read again for as long as a test waits. */
const ROOMY = { PPROFQL_PAUSE_BUDGET_PERCENT: '100' };

/** @param args for Node; the last of them is a file in the folder */
async function start(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = new Program(args, { cwd: folder, env: { ...ROOMY, ...env } });
  programs.push(program);
  await Promise.all([program.printed(/ready/), program.url()]);
  return program;
}

const killAll = () => Promise.all(programs.splice(0).map((program) => program.kill()));

const sameLine = ({ path: shown, line }: Frame, place: { path: string; line: number }) =>
  shown === place.path && line === place.line;
const isHang = ({ topFrame }: { topFrame: Frame | null }) =>
  topFrame !== null && sameLine(topFrame, HANG);

const TSX = import.meta.resolve('tsx');
const TRANSFORM = '--experimental-transform-types';
const NODE_VERSION = execFileSync(NODE, ['--version']).toString();
const MAY_TRANSFORM = execFileSync(NODE, [
  '-p',
  `process.allowedNodeEnvironmentFlags.has('${TRANSFORM}')`,
])
  .toString()
  .startsWith('true');

const KINDS: [how: string, file: string, ...flags: string[]][] = [
  ['with maps in files', 'external/src/program.js'],
  ['with maps inside', 'inline/src/program.js'],
  ['bundled into a line', 'bundle/program.js'],
  ['compiled by tsx as it is loaded', PLACE, '--import', TSX],
];
if (MAY_TRANSFORM) KINDS.push(['compiled by Node as it is loaded', PLACE, TRANSFORM]);

describe('a program', () => {
  /** All start at once, since each waits for its own two threads. */
  const started = new Map<string, Promise<Program>>();
  beforeAll(async () => {
    for (const [how, file, ...flags] of KINDS) {
      started.set(how, start(observed([...flags, file])));
    }
    await Promise.all(started.values());
  });
  afterAll(killAll);

  describe.each(KINDS)('%s', (how) => {
    let program: Program;
    beforeAll(async () => {
      program = await started.get(how)!;
    });

    it('shows leaks and waits where they were written', async () => {
      await vi.waitFor(async () => {
        const answer = await program.ask<Answer>(QUERY);
        const leaks = answer.pprof.inuseAllocations.filter(({ frames }) =>
          frames.some((frame) => sameLine(frame, LEAK)),
        );
        expect(leaks.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(1e6);
        const waits = answer.goroutines.groups.filter(isHang);
        expect(waits.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(2);
        expect(answer.process.programRoot).toBe(folder);
        expect(waits[0]!.topFrame!.file).toBe(path.join(folder, PLACE));
      });
    });

    it('shows what burns CPU where it was written', async () => {
      // In pieces, so that the loop turns and the profile begins between two of them.
      const burning = setInterval(() => burn(program, BURST_MS), 2 * BURST_MS);
      const { takeCpuProfile } = await program
        .ask<{ takeCpuProfile: { topFunctions: Frame[] } }>(
          'mutation { takeCpuProfile(seconds: 2) { ... on CpuProfile { topFunctions(limit: 5) { path line } } } }',
        )
        .finally(() => clearInterval(burning));
      expect(takeCpuProfile.topFunctions).toContainEqual(HOT);
    });

    /** The last one: the program is blocked until it is killed. */
    it('shows what blocks the loop where it was written', async () => {
      burn(program, STALL_MS);
      await vi.waitFor(async () => {
        const { eventLoop } = await program.ask<{
          eventLoop: { sentence: string; stack: { frames: Frame[] } | null };
        }>('{ eventLoop { sentence stack { frames { path line } } } }');
        expect(eventLoop.stack!.frames.map(({ path: shown }) => shown)).toContain(PLACE);
        expect(eventLoop.sentence).toContain(`${PLACE}:`);
      });
    });
  });
});

async function hotIn(program: Program, target: string): Promise<Frame[]> {
  const { takeCpuProfile } = await program.ask<{ takeCpuProfile: { topFunctions: Frame[] } }>(
    `mutation { takeCpuProfile(seconds: 1, target: "${target}") { ... on CpuProfile { topFunctions(limit: 5) { path line } } } }`,
  );
  return takeCpuProfile.topFunctions;
}

// All at once: each waits for its program most of the time.
describe.concurrent('a program of another kind', () => {
  afterAll(killAll);

  it('shows where it was written what Vitest compiles', async () => {
    writeFileSync(path.join(folder, 'program.test.js'), VITEST_TEST);
    writeFileSync(
      path.join(folder, 'vitest.config.js'),
      `export default { test: { globals: true, execArgv: ['--import', '${REGISTER}'] } };`,
    );
    // Its own process is not observed, the one that runs the tests is.
    const program = await start([VITEST, 'run', '--root', folder, 'program.test.js']);
    await vi.waitFor(async () => {
      const { pprof, goroutines } = await program.ask<Answer>(QUERY);
      expect(goroutines.groups.some(isHang)).toBe(true);
      const leakFrames = pprof.inuseAllocations.flatMap(({ frames }) => frames);
      expect(leakFrames.some((frame) => sameLine(frame, LEAK))).toBe(true);
    });
  });

  const AS_WORKER = {
    'what tsx compiles': ['--import', TSX, 'src/starts-busy.ts'],
    'what Vitest compiles': [VITEST, 'run', '--root', 'busy', '--pool=threads'],
  };
  // Node 22 has no maps of tsx in worker threads.
  it.skipIf(NODE_VERSION.startsWith('v22.')).each(Object.entries(AS_WORKER))(
    'shows where it was written %s in a worker thread',
    async (_what, args) => {
      const program = await start(observed(args));
      await vi.waitFor(async () => {
        const { targets } = await program.ask<{ targets: { name: string; kind: string }[] }>(
          '{ targets { name kind } }',
        );
        const workers = targets.filter(({ kind }) => kind === 'NODE_THREAD');
        const hot = await Promise.all(workers.map(({ name }) => hotIn(program, name)));
        const isSpin = ({ path: shown, line }: Frame) =>
          shown.endsWith('src/busy.ts') && SPIN_LINES.includes(line);
        expect(hot.flat().some(isSpin), JSON.stringify(hot)).toBe(true);
      });
    },
  );

  it('shows a program without maps as it was compiled', async () => {
    const program = await start(observed(['without/src/program.js']));
    await vi.waitFor(async () => {
      const { goroutines } = await program.ask<Answer>(QUERY);
      const paths = goroutines.groups.map(({ topFrame }) => topFrame?.path);
      expect(paths).toContain('without/src/program.js');
      expect(paths).not.toContain(PLACE);
    });
  });

  it('shows everything as it was compiled where maps are switched off', async () => {
    const program = await start(observed(['external/src/program.js']), {
      PPROFQL_SOURCE_MAPS: 'off',
    });
    await vi.waitFor(async () => {
      const { goroutines } = await program.ask<Answer>(QUERY);
      const paths = goroutines.groups.map(({ topFrame }) => topFrame?.path);
      expect(paths).toContain('external/src/program.js');
    });
  });

  it('shows where it was written what a handler mounted in the program finds', async () => {
    writeFileSync(path.join(folder, 'mounted.js'), MOUNTED);
    const program = await start(['mounted.js']);
    await vi.waitFor(async () => {
      const { goroutines } = await program.ask<Answer>(QUERY);
      expect(goroutines.groups.some(isHang)).toBe(true);
    });
  });

  it('maps once where Node itself maps stacks', async () => {
    const program = await start(observed(['--enable-source-maps', 'external/src/program.js']));
    await vi.waitFor(async () => {
      const { goroutines } = await program.ask<Answer>(QUERY);
      expect(goroutines.groups.some(isHang)).toBe(true);
    });
  });

  it('leaves TypeScript alone that Node runs itself', async () => {
    const program = await start(observed([PLACE]));
    await vi.waitFor(async () => {
      const { goroutines, sourceMaps } = await program.ask<
        Answer & { sourceMaps: { mappedFiles: number; failures: unknown[] } }
      >(`{
        goroutines { groups { count topFrame { path file line } } }
        sourceMaps { mappedFiles failures { file } }
      }`);
      expect(goroutines.groups.some(isHang)).toBe(true);
      expect(sourceMaps).toEqual({ mappedFiles: 0, failures: [] });
    });
  });
});
