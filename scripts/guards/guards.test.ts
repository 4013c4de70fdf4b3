/** What `npm run check` refuses: faults planted in a copy of the sources, all at once. */
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS_TIMEOUT_MS } from '../testing/tools-timeout.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = [
  '.gitignore',
  'api',
  'biome.json',
  'client',
  'codegen.ts',
  'knip.json',
  'package.json',
  'schema',
  'scripts',
  'tsconfig.json',
  'vitest.config.ts',
  'vitest.e2e.config.ts',
  'vitest.installed.config.ts',
  'vitest.nodes.config.ts',
];
const LARGE_DATA = 'scripts/fixtures/corpus';

const RINGS = {
  'of values': {
    'api/base/a.ts': "import { b } from './b.ts';\n\nexport const a = () => b;\n",
    'api/base/b.ts': "import { a } from './a.ts';\n\nexport const b = () => a;\n",
  },
  'of types': {
    'api/base/c.ts': "import type { D } from './d.ts';\n\nexport type C = D | null;\n",
    'api/base/d.ts': "import type { C } from './c.ts';\n\nexport type D = C | 1;\n",
  },
};

const ABOVE = {
  'a value': ['api/probe/a.ts', "export { a } from '../link/direct.ts';\n"],
  'a type': ['api/base/e.ts', "export type { A } from '../profile/profile.ts';\n"],
  'a type by import()': ['api/profile/a.ts', "export type A = import('../go-dump/parse.ts').A;\n"],
  'a module that is loaded later': [
    'api/go-dump/a.ts',
    "export const a = () => import('../targets/list.ts');\n",
  ],
  'the schema': ['api/formats/a.ts', "export type { A } from '../../schema/index.ts';\n"],
  'a way in': ['api/server/a.ts', "export { start } from '../start.ts';\n"],
  'the client, by the API': [
    'api/formats/b.ts',
    "export type { A } from '../../client/index.ts';\n",
  ],
  'the API, by the client': ['client/a.ts', "export type { A } from '../api/probe/probe.ts';\n"],
  'the page, by the SDK': ['client/core/a.ts', "export type { A } from '../dashboard/src/a.ts';\n"],
  'the rest of the numbers, by the page': [
    'client/dashboard/src/d.ts',
    "export { clamp } from '../../../api/base/numbers/clamp.ts';\n",
  ],
  'the schema, by the page': [
    'client/dashboard/src/a.ts',
    "export type { A } from '../../../schema/a.ts';\n",
  ],
} as const;

const VALUE_IN_SCHEMA = {
  'schema/a.ts':
    "import { isOwnFile } from '../api/base/files/own-files.ts';\n\nexport const a = isOwnFile;\n",
};
const STANDARD_STREAMS = {
  'api/link/a.ts': "import { inspect } from 'node:util';\n\nexport const a = inspect;\n",
};
const THEN = {
  'api/probe/then.ts': 'export const a = (asked: Promise<void>) => asked.catch(() => {});\n',
};
const RIGHT = {
  'api/link/b.ts': "import type { Probe } from '../probe/probe.ts';\n\nexport type B = Probe;\n",
  'api/cli/b.ts': "export type { A } from '../../client/index.ts';\n",
  'client/b.ts': "export { bytesText } from '../api/base/text/bytes.ts';\n",
  'client/dashboard/src/b.ts':
    "export { MS_PER_MINUTE } from '../../../api/base/numbers/units.ts';\n",
  'schema/b.ts': "import type { Probe } from '../api/probe/probe.ts';\n\nexport type B = Probe;\n",
};
const TO_LINT: Record<string, string> = {
  ...RINGS['of values'],
  ...RINGS['of types'],
  ...Object.fromEntries(Object.values(ABOVE)),
  ...VALUE_IN_SCHEMA,
  ...STANDARD_STREAMS,
  ...THEN,
  ...RIGHT,
};

/** The first is there already, and used. */
const UNUSED: Record<string, string> = {
  'api/base/numbers/clamp.ts': 'export const unused = 1;\n\nexport const tested = 2;\n',
  'api/base/unused.ts': 'export const unused = 1;\n',
  'api/base/planted.test.ts': "import { tested } from './numbers/clamp.ts';\n\ntested.toFixed();\n",
};

let copy: string;
let linter: Verdict;
let unused: Verdict;
let unusedInProduction: Verdict;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'pprofql-guards-'));
  const filter = (path: string) => !path.includes(LARGE_DATA);
  for (const name of COPIED)
    await cp(join(ROOT, name), join(copy, name), { recursive: true, filter });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await plant(UNUSED);
  unused = await run('knip');
  unusedInProduction = await run('knip', '--production', '--include', 'files,exports,types');
  await plant(TO_LINT);
  const paths = Object.keys(TO_LINT);
  linter = await run(
    'biome',
    'lint',
    '--vcs-enabled=false',
    '--reporter=github',
    '--max-diagnostics=none',
    ...paths,
  );
}, TOOLS_TIMEOUT_MS);

afterAll(() => rm(copy, { recursive: true, force: true }));

/** Texts to write, or to add where the file exists, by path from the root. */
async function plant(texts: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) await appendFile(join(copy, path), text);
}

interface Verdict {
  passes: boolean;
  text: string;
}

function run(tool: string, ...args: string[]): Promise<Verdict> {
  const file = join(ROOT, 'node_modules/.bin', tool);
  return new Promise((resolve) => {
    execFile(file, args, { cwd: copy }, (error, out, log) => {
      resolve({ passes: error === null, text: out + log });
    });
  });
}

/** What the linter says about a file. */
const lintOf = (path: string) =>
  linter.text.split('\n').filter((line) => line.includes(`/${path},`));

describe('the linter', () => {
  it('does not pass', () => expect(linter.passes).toBe(false));

  it.each(Object.keys(RIGHT))('has nothing against %s', (path) => {
    expect(lintOf(path)).toEqual([]);
  });

  it.each(Object.entries(RINGS))('refuses a ring of imports %s', (_, files) => {
    for (const path of Object.keys(files)) expect(lintOf(path).join()).toContain('noImportCycles');
  });

  it.each(Object.entries(ABOVE))('refuses what a layer above has: %s', (_, [path]) => {
    expect(lintOf(path).join()).toContain('layers.grit');
  });

  it('refuses a value of the API in the schema', () => {
    expect(lintOf('schema/a.ts').join()).toContain('only `import type` from api/');
  });

  it('refuses a module that reads the standard streams on the observed thread', () => {
    expect(lintOf('api/link/a.ts').join()).toContain('standard streams');
  });

  it('refuses what calls methods of promises on the observed thread', () => {
    expect(lintOf('api/probe/then.ts').join()).toContain('await the promise');
  });
});

describe('the check for what nobody uses', () => {
  it('refuses a file', () => {
    expect(unused.passes).toBe(false);
    expect(unused.text).toMatch(/Unused files \(1\)\s+api\/base\/unused\.ts/);
  });

  it('refuses an export', () => {
    expect(unused.text).toMatch(/Unused exports \(1\)\s+unused\s+api\/base\/numbers\/clamp\.ts/);
  });

  it('refuses an export that only a test uses', () => {
    expect(unusedInProduction.passes).toBe(false);
    expect(unusedInProduction.text).toMatch(/tested\s+api\/base\/numbers\/clamp\.ts/);
  });
});
