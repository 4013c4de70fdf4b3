/** What `docs/add-a-metric.md` promises, tried in a copy: who forgets a place is told by the compiler. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOOLS_TIMEOUT_MS } from '../testing/tools-timeout.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['api', 'client', 'schema', 'scripts', 'package.json', 'tsconfig.json'];
/** Not compiled, and large. */
const FIXTURES = join(ROOT, 'scripts/fixtures');
/** What the guide is not about, and a third of the compiler's work. */
const TEST = /\.test\.tsx?$/;
const GENERATED = ['client/generated/graphql.ts', 'client/dashboard/generated/graphql.ts'];

const READING = 'api/probe/process/memory.ts';
const METRIC = 'api/analyzers/metrics/memory.ts';
const FIELD = 'schema/figures/history-point.ts';
const CHART = 'client/dashboard/src/charts/plots.ts';

let copy = '';

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'pprofql-metric-'));
  const filter = (file: string) => file !== FIXTURES && !TEST.test(file);
  for (const path of SOURCES) {
    await cp(join(ROOT, path), join(copy, path), { recursive: true, filter });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

/** Adds a line after the first that is this one, and to each such line where there are more. */
async function addAfter(path: string, line: string, added: string): Promise<void> {
  const file = join(copy, path);
  const text = await readFile(file, 'utf8');
  expect(text, path).toContain(line);
  await writeFile(file, text.replaceAll(line, `${line}${added}`));
}

/** On one thread, since several check some types twice, and the second time only what has changed. */
const FLAGS = ['--noEmit', '--pretty', 'false', '--singleThreaded', '--incremental'];

/** The files that the compiler complains about. */
function filesWithErrors(): Promise<string[]> {
  return new Promise((resolve) => {
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const flags = [...FLAGS, '--tsBuildInfoFile', join(copy, 'tsc.json')];
    execFile(tsc, flags, { cwd: copy }, (_error, stdout) => {
      const files = stdout.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm);
      resolve([...new Set(Array.from(files, ([, file = '']) => file))].sort());
    });
  });
}

it('names every place of a metric that is forgotten, and asks for no other', {
  timeout: TOOLS_TIMEOUT_MS,
}, async () => {
  await addAfter(READING, 'export interface MemoryReading {', '\n  plantedBytes: number;');
  await addAfter(
    METRIC,
    'export const memoryMetrics = {',
    '\n  planted: level(({ memory }) => memory.plantedBytes),',
  );
  // As codegen would write it, once the schema has the field.
  for (const path of GENERATED) {
    await addAfter(path, 'eventLoopUtilization: number | null', ', planted: number | null');
  }
  expect(await filesWithErrors()).toEqual([READING, CHART, FIELD].sort());

  await addAfter(READING, 'arrayBuffersBytes: arrayBuffers,', ' plantedBytes: 1,');
  await addAfter(
    FIELD,
    'Record<MetricName, MetricField> = {',
    "\n  planted: { type: 'Float', description: 'Bytes.' },",
  );
  await addAfter(
    CHART,
    'Record<PointMetric, MetricLine | { notDrawn: string }> = {',
    "\n  planted: { notDrawn: 'only planted' },",
  );
  expect(await filesWithErrors()).toEqual([]);
});
