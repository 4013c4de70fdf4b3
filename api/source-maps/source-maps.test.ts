import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BYTES_PER_MIB } from '../base/numbers/units.ts';
import { createSourceMaps, type SourceMapsOptions } from './source-maps.ts';

/** The first character of the script is line 3, column 1 of the first source. */
const MAP = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAEA' };

let root: string;
const file = (name: string) => path.join(root, name);

beforeEach(async () => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'pprofql-map-')));
  await mkdir(file('dist'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const mapsWith = (options: Partial<SourceMapsOptions> = {}) =>
  createSourceMaps({
    programRoot: root,
    memoryLimitBytes: BYTES_PER_MIB,
    maxFileBytes: BYTES_PER_MIB,
    ...options,
  });

const inlined = (map: unknown) =>
  `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;

function writeScript(url: string, name = 'dist/a.js'): string {
  writeFileSync(file(name), `work();\n//# sourceMappingURL=${url}\n`);
  return file(name);
}

async function originalOf(script: string, line = 1, column = 1, maps = mapsWith()) {
  const [original] = await maps.originalsOf([{ file: script, line, column }]);
  return { original, status: maps.status() };
}

const place = () => ({ file: file('src/a.ts'), line: 3, column: 1 });

describe('a source map is found', () => {
  it('in a file beside the script', async () => {
    writeFileSync(file('dist/a.js.map'), JSON.stringify(MAP));
    const { original, status } = await originalOf(writeScript('a.js.map'));
    expect(original).toEqual(place());
    expect(status).toMatchObject({ mappedFiles: 1, failures: [] });
  });

  it('for a script named by its URL', async () => {
    const script = writeScript(inlined(MAP));
    expect((await originalOf(pathToFileURL(script).href)).original).toEqual(place());
  });

  it('in the script, percent-encoded', async () => {
    const url = `data:application/json,${encodeURIComponent(JSON.stringify(MAP))}`;
    expect((await originalOf(writeScript(url))).original).toEqual(place());
  });

  it('in the last comment of several', async () => {
    const script = writeScript(inlined(MAP));
    writeFileSync(
      script,
      `//# sourceMappingURL=gone.map\nwork();\n//# sourceMappingURL=${inlined(MAP)}\nconst not = "//# sourceMappingURL=x.map";\n`,
    );
    expect((await originalOf(script)).original).toEqual(place());
  });

  it('with sources below a root of their own', async () => {
    const map = { ...MAP, sourceRoot: '../src', sources: ['a.ts'] };
    expect((await originalOf(writeScript(inlined(map)))).original).toEqual(place());
  });

  it('in sections, each with a place of its own', async () => {
    const second = { ...MAP, sources: ['../src/b.ts'] };
    const sections = [
      { offset: { line: 0, column: 0 }, map: MAP },
      { offset: { line: 1, column: 4 }, map: second },
    ];
    const script = writeScript(inlined({ version: 3, sections }));
    expect((await originalOf(script, 1, 3)).original).toEqual(place());
    expect((await originalOf(script, 2, 6)).original).toEqual({
      ...place(),
      file: file('src/b.ts'),
    });
  });
});

describe('the map that the program holds', () => {
  const held = (asked: string[] = []) =>
    mapsWith({
      readLoaded: async (name) => {
        asked.push(name);
        return JSON.stringify(MAP);
      },
    });

  it('is taken where the disk has none, by the name that stacks give the script', async () => {
    writeFileSync(file('dist/a.js'), 'work();\n');
    const asked: string[] = [];
    const name = `${pathToFileURL(file('dist/a.js')).href}?v=2`;
    expect((await originalOf(name, 1, 1, held(asked))).original).toEqual(place());
    expect(asked).toEqual([name]);
  });

  it('is not asked for where the disk has one', async () => {
    const asked: string[] = [];
    expect((await originalOf(writeScript(inlined(MAP)), 1, 1, held(asked))).original).toEqual(
      place(),
    );
    expect(asked).toEqual([]);
  });

  it('is taken for evaluated code, which is named by a comment', async () => {
    const { original } = await originalOf('webpack-internal:///./dist/a.js', 1, 1, held());
    expect(original).toMatchObject({ line: 3, column: 1 });
  });

  it('is asked for once, but again where there was no answer', async () => {
    let asked = 0;
    const readLoaded = async () => {
      asked += 1;
      if (asked === 1) throw new Error('busy');
      return asked === 2 ? JSON.stringify(MAP) : null;
    };
    writeFileSync(file('dist/a.js'), 'work();\n');
    const maps = mapsWith({ readLoaded });
    expect((await originalOf(file('dist/a.js'), 1, 1, maps)).original).toBeNull();
    expect((await originalOf(file('dist/a.js'), 1, 1, maps)).original).toEqual(place());
    expect((await originalOf(file('dist/a.js'), 1, 1, maps)).original).toEqual(place());
    expect(asked).toBe(2);
  });
});

describe('a place stays as compiled', () => {
  it.each([
    ['without a comment', 'work();\n'],
    ['with a comment that names nothing', 'work();\n//# sourceMappingURL=\n'],
    ['with a comment that is a string', 'log("//# sourceMappingURL=a.js.map")\n'],
  ])('in a script %s, which is no failure', async (_case, code) => {
    writeFileSync(file('dist/a.js'), code);
    const { original, status } = await originalOf(file('dist/a.js'));
    expect(original).toBeNull();
    expect(status).toMatchObject({ mappedFiles: 0, failureCount: 0 });
  });

  it.each([
    ['is missing', 'gone.map', 'its map could not be read: ENOENT'],
    ['is on another machine', 'https://maps.example/a.js.map', 'its map is not a file'],
    ['is an absolute path', '/etc/passwd', "its map lies outside of the program's folder"],
    ['climbs out', '../../../../etc/passwd', "its map lies outside of the program's folder"],
    ['is a folder', '.', 'its map could not be read: it is no file'],
    ['is broken', 'data:application/json,%7B', 'it is not a source map of version 3'],
    ['is wrongly encoded', 'data:application/json,%', 'the URL of its map cannot be read'],
    ['is another version', inlined({ ...MAP, version: 2 }), 'it is not a source map of version 3'],
    ['is null', inlined(null), 'it is not a source map of version 3'],
    ['has no mappings', inlined({ version: 3 }), 'it is not a source map of version 3'],
    ['has broken sections', inlined({ sections: [7] }), 'it is not a source map of version 3'],
  ])('where its map %s, with the reason', async (_case, url, reason) => {
    const script = writeScript(url);
    const { original, status } = await originalOf(script);
    expect(original).toBeNull();
    expect(status.failures).toEqual([{ file: script, reason }]);
  });

  it('where its map is too large to be read', async () => {
    writeFileSync(file('dist/a.js.map'), JSON.stringify({ ...MAP, padding: 'x'.repeat(2_000) }));
    const { original, status } = await originalOf(
      writeScript('a.js.map'),
      1,
      1,
      mapsWith({ maxFileBytes: 1_000 }),
    );
    expect(original).toBeNull();
    expect(status.failures[0]!.reason).toMatch(/has \d+ bytes, the most is 1000$/);
  });

  it('where its map would take more memory than all may', async () => {
    const script = writeScript(inlined({ ...MAP, mappings: `AAEA${';'.repeat(60_000)}` }));
    const { original, status } = await originalOf(script);
    expect(original).toBeNull();
    expect(status).toMatchObject({ memoryBytes: 0, failureCount: 1 });
  });

  it.runIf(process.platform !== 'win32')(
    'where its map is a pipe that nobody writes to',
    async () => {
      execFileSync('mkfifo', [file('dist/a.js.map')]);
      const { status } = await originalOf(writeScript('a.js.map'));
      expect(status.failures[0]!.reason).toBe('its map could not be read: it is no file');
    },
  );

  it.each([
    ['garbage', '!!!!'],
    ['a line below the first', 'AADA'],
    ['a source that is not there', 'AEAA'],
  ])('where the mappings are %s', async (_case, mappings) => {
    expect(
      (await originalOf(writeScript(inlined({ ...MAP, mappings, sources: ['a', 'b'] })))).original,
    ).toBeNull();
  });

  it.each([
    ['null', null],
    ['an object', {}],
    ['endless', 'x'.repeat(100_000)],
    ['several lines', 'a%0Ab.ts'],
  ])('where the source’s name is %s', async (_case, source) => {
    const script = writeScript(inlined({ ...MAP, sources: [source, 'b'] }));
    expect((await originalOf(script)).original).toBeNull();
  });

  it('in a line that the map does not mention, whatever other lines say', async () => {
    const script = writeScript(inlined({ ...MAP, sources: ['a', 'b'], mappings: 'AAEA;' }));
    expect((await originalOf(script, 2, 5)).original).toBeNull();
  });

  it('in installed packages, the runtime and scripts without a file', async () => {
    await mkdir(file('node_modules/some'), { recursive: true });
    const installed = writeScript(inlined(MAP), 'node_modules/some/index.js');
    const files = [installed, 'node:fs', '', 'evalmachine.<anonymous>', 'file://other/a.js'];
    const maps = mapsWith();
    const originals = await maps.originalsOf(
      files.map((name) => ({ file: name, line: 1, column: 1 })),
    );
    expect(originals).toEqual(files.map(() => null));
    expect(maps.status().failureCount).toBe(0);
  });

  it('where the script itself is gone', async () => {
    const { status } = await originalOf(file('dist/gone.js'));
    expect(status.failures[0]!.reason).toBe('the script could not be read: ENOENT');
  });
});

it('shows the source of another scheme by its URL', async () => {
  const script = writeScript(inlined({ ...MAP, sources: ['webpack://shop/./src/cart.ts'] }));
  expect((await originalOf(script)).original).toMatchObject({
    file: 'webpack://shop/src/cart.ts',
  });
});

it('takes a module that is compiled from one source for that source, from its first character', async () => {
  const script = writeScript(inlined({ ...MAP, mappings: ';AAEA' }));
  expect((await originalOf(script, 1, 1)).original).toEqual({ ...place(), line: 1 });
});

it('keeps its maps within the memory they may take, and reads again what gave way', async () => {
  const large = inlined({ ...MAP, mappings: `AAEA${';'.repeat(20_000)}` });
  const scripts = ['a', 'b', 'c'].map((name) => writeScript(large, `dist/${name}.js`));
  const maps = mapsWith();
  for (const script of [...scripts, ...scripts]) {
    expect((await originalOf(script, 1, 1, maps)).original).toEqual(place());
  }
  const { memoryBytes, memoryLimitBytes, evictions } = maps.status();
  expect(memoryBytes).toBeLessThanOrEqual(memoryLimitBytes);
  expect(evictions).toBeGreaterThan(0);
});

it('answers without a map that is not read in time, and has it for the next answer', async () => {
  const script = writeScript(inlined(MAP));
  const maps = mapsWith();
  const places = [{ file: script, line: 1, column: 1 }];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const answer = maps.originalsOf(places, { deadlineMs: 10 });
  vi.advanceTimersByTime(10);
  vi.useRealTimers();
  expect(await answer).toEqual([null]);
  expect(maps.status().latePlaces).toBe(1);
  expect(await maps.originalsOf(places)).toEqual([place()]);
});

it('follows no link out of the program to a script’s map', async () => {
  symlinkSync('/etc/passwd', file('dist/a.js.map'));
  const { status } = await originalOf(writeScript('a.js.map'));
  expect(status.failures[0]!.reason).toBe("its map lies outside of the program's folder");
});
