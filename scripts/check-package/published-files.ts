/** What is in the tarball, and what must not be. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import root from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LARGEST_PACKAGE_BYTES = 5 * 1024 * 1024;

const FORBIDDEN_FILES = [
  /\.test\./,
  /\.map$/,
  /(?<!\.d)\.tsx?$/,
  /^(scripts|node_modules|coverage|screenshots)\//,
  /(^|\/)\.(?!\.)/,
];
/** Before the first line of a program: the preload, the code of the observed thread and what it shares. */
const MOST_FILES_AT_START = 6;
const IMPORTED = /\bfrom *"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)|^import *"(\.[^"]+)"/gm;
const NEEDED_FILES = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'schema/schema.graphql',
  'api/required-on-old-node.cjs',
  'api/register-required.cjs',
  'client/dashboard/index.html',
];
/** They bring Node itself, and tools: nothing a consumer should download or run. */
const FORBIDDEN_FIELDS = ['optionalDependencies', 'devDependencies', 'scripts', 'private'];

interface Manifest {
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  engines: Record<string, string>;
}

export function describePublishedFiles(consumerFolder: () => string): void {
  const packageFolder = () => join(consumerFolder(), 'node_modules', root.name);
  const files = () =>
    globSync('**/*', { cwd: packageFolder() }).filter((file) =>
      statSync(join(packageFolder(), file)).isFile(),
    );
  const text = (file: string) => readFileSync(join(packageFolder(), file), 'utf8');
  const manifest = (): Manifest => JSON.parse(text('package.json'));

  it('contains what is needed and nothing of the development', () => {
    const published = files();
    for (const file of NEEDED_FILES) assert.ok(published.includes(file), `${file} is missing`);
    const surplus = published.filter((file) => FORBIDDEN_FILES.some((rule) => rule.test(file)));
    assert.deepEqual(surplus, []);
  });

  it('has a program wait for few of its files, and not for node:crypto', () => {
    const loaded = new Set<string>();
    const open = ['api/register.js'];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (loaded.has(file)) continue;
      loaded.add(file);
      assert.doesNotMatch(text(file), /from "node:crypto"/, file);
      open.push(...importsOf(text(file)).map((name) => join(file, '..', name)));
    }
    assert.ok(loaded.size > 1 && loaded.size <= MOST_FILES_AT_START, [...loaded].join(', '));
  });

  it('finds each of its files that another one loads', () => {
    const modules = files().filter((file) => /^(api|client|schema)\/.*\.js$/.test(file));
    const missing = modules
      .filter((file) => !file.startsWith('client/dashboard/'))
      .flatMap((file) => importsOf(text(file)).map((name) => join(file, '..', name)))
      .filter((target) => !existsSync(join(packageFolder(), target)));
    assert.deepEqual(missing, []);
  });

  it('stays small', () => {
    const bytes = files().reduce((sum, file) => {
      return sum + statSync(join(packageFolder(), file)).size;
    }, 0);
    assert.ok(bytes < LARGEST_PACKAGE_BYTES, `${bytes} bytes`);
  });

  it('names no path of the machine it was built on', () => {
    const paths = [ROOT, homedir()].filter((path) => path.length > 1);
    // Not in `/proc/PID/root`, which every process has.
    const isNamed = (path: string, content: string) =>
      content
        .split(path)
        .slice(0, -1)
        .some((before) => !/[\w}]$/.test(before));
    const telling = files().filter((file) => paths.some((path) => isNamed(path, text(file))));
    assert.deepEqual(telling, []);
  });

  it('has a manifest without tools, whose entry points all exist', () => {
    const published = manifest();
    for (const field of FORBIDDEN_FIELDS) assert.ok(!(field in published), field);
    assert.equal(published.engines.node, '>=22.18');
    const targets = [
      ...Object.values(published.exports).flatMap((entry) =>
        typeof entry === 'string' ? [entry] : Object.values(entry),
      ),
      ...Object.values(published.bin),
    ];
    for (const target of targets) assert.ok(existsSync(join(packageFolder(), target)), target);
  });
}

/** Of the module's own package, by their relative names. */
function importsOf(code: string): string[] {
  return [...code.matchAll(IMPORTED)].map(
    ([, ...names]) => names.find((name) => name !== undefined)!,
  );
}
