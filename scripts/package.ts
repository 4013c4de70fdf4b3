/**
 * `npm run package`: leaves `dist/pprofql-<version>.tgz`, ready to publish: plain JavaScript with
 * declarations, the built dashboard, and a manifest that names only what a consumer needs.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import root from '../package.json' with { type: 'json' };
import { bundleApi } from './bundle-api.ts';
import { buildDashboard } from './dashboard-build.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = `${ROOT}dist/`;
const PACKAGE = `${DIST}package/`;
const TSC = `${ROOT}node_modules/typescript/bin/tsc`;

const REQUIRED_ON_OLD_NODE = 'api/required-on-old-node.cjs';
const REGISTER_REQUIRED = 'api/register-required.cjs';
const SIDECAR_ENTRY = 'api/sidecar/entry.cjs';
const COPIED_FILES = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'schema/schema.graphql',
  REQUIRED_ON_OLD_NODE,
  REGISTER_REQUIRED,
  SIDECAR_ENTRY,
];

/** The private root's manifest brings Node itself and the tools; none of that may be published. */
const manifest = {
  name: root.name,
  version: root.version,
  description: root.description,
  keywords: root.keywords,
  license: root.license,
  type: 'module',
  engines: { node: '>=22.18' },
  exports: {
    '.': mainEntryPoint('api/index'),
    './register': preloadEntryPoint('api/register'),
    './client': entryPoint('client/index'),
    './schema.graphql': './schema/schema.graphql',
    './package.json': './package.json',
  },
  bin: { pprofql: 'api/cli.js' },
  // They run a program; the schema, in files that are shared, registers its types.
  sideEffects: [
    './api/shared/*.js',
    './api/register.js',
    './api/cli.js',
    './api/sidecar/sidecar.js',
  ],
  dependencies: root.dependencies,
  peerDependencies: root.peerDependencies,
  peerDependenciesMeta: root.peerDependenciesMeta,
};

/** Where Node cannot require ES modules it does not know `module-sync`, and takes `require`. */
function mainEntryPoint(path: string) {
  const { types, default: file } = entryPoint(path);
  return {
    types,
    'module-sync': file,
    import: file,
    require: `./${REQUIRED_ON_OLD_NODE}`,
    default: file,
  };
}

/** It waits for what it loads, which Node does only for `import`. */
function preloadEntryPoint(path: string) {
  const { types, default: file } = entryPoint(path);
  return { types, import: file, require: `./${REGISTER_REQUIRED}`, default: file };
}

function entryPoint(path: string) {
  return { types: `./${path}.d.ts`, default: `./${path}.js` };
}

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', process.stderr.fd, 'inherit'] });
}

rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
if (!buildDashboard()) throw new Error('The dashboard could not be built.');
run(process.execPath, [TSC, '-p', 'tsconfig.build.json'], ROOT);
await bundleApi(PACKAGE);

cpSync(`${DIST}dashboard`, `${PACKAGE}client/dashboard`, { recursive: true });
for (const file of COPIED_FILES) cpSync(ROOT + file, PACKAGE + file);
writeFileSync(`${PACKAGE}package.json`, `${JSON.stringify(manifest, null, 2)}\n`);

run('npm', ['pack', '--silent', '--pack-destination', DIST], PACKAGE);
console.log(`dist/${root.name}-${root.version}.tgz`);
