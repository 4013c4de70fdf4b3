import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isBehindLauncher, type Role, roleOf } from './role.ts';

const REGISTER = 'file:///srv/node_modules/pprofql/api/register.js';

const roleWith = (
  file: string | undefined,
  {
    args = [],
    execArgv = [],
    env = {},
  }: { args?: string[]; execArgv?: string[]; env?: object } = {},
): Role =>
  roleOf(
    { argv: ['node', ...(file === undefined ? [] : [file]), ...args], execArgv, env: { ...env } },
    REGISTER,
    (path) => path,
  );

describe('what was started', () => {
  it.each([
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/usr/lib/node_modules/npm/bin/npx-cli.js',
    'C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js',
    '/usr/lib/node_modules/corepack/dist/pnpm.js',
    '/home/ann/.cache/node/corepack/v1/pnpm/10.2.0/bin/pnpm.cjs',
    '/srv/.yarn/releases/yarn-4.9.1.cjs',
    '/srv/node_modules/.pnpm/pm2@6.0.5/node_modules/pm2/bin/pm2',
    '/srv/node_modules/pm2/lib/Daemon.js',
    '/srv/node_modules/nodemon/bin/nodemon.js',
    '/srv/node_modules/tsx/dist/cli.mjs',
    '/srv/node_modules/next/dist/bin/next',
    '/srv/node_modules/pprofql/api/cli.js',
  ])('passes over %s', (file) => {
    expect(roleWith(file)).toBe('LAUNCHER');
  });

  it.each([
    '/srv/node_modules/vitest/vitest.mjs',
    '/srv/node_modules/vitest/dist/workers/forks.js',
    '/srv/node_modules/jest-worker/build/workers/processChild.js',
    '/srv/node_modules/next/dist/compiled/jest-worker/processChild.js',
    '/srv/node_modules/typescript/bin/tsc',
  ])('knows the tool %s', (file) => {
    expect(roleWith(file)).toBe('TOOL');
  });

  it.each([
    '/srv/app.js',
    '/srv/api/cli.js',
    '/srv/npm.js/server.js',
    '/srv/node_modules/some-server/bin.js',
    '/srv/node_modules/pm2/lib/ProcessContainerFork.js',
    '/srv/node_modules/pm2/lib/ProcessContainer.js',
    '/srv/node_modules/next/dist/server/lib/start-server.js',
    undefined,
  ])('takes %s for a program', (file) => {
    expect(roleWith(file)).toBe('PROGRAM');
  });

  it('tells the commands of Next apart', () => {
    const next = '/srv/node_modules/next/dist/bin/next';
    expect(roleWith(next, { args: ['start'] })).toBe('PROGRAM');
    expect(roleWith(next, { args: ['dev'] })).toBe('LAUNCHER');
    expect(roleWith(next, { args: ['build'] })).toBe('LAUNCHER');
  });

  it.each([
    ['test', 'TOOL'],
    ['test:unit', 'TOOL'],
    ['prebuild', 'TOOL'],
    ['prestart', 'TOOL'],
    ['postinstall', 'TOOL'],
    ['prepublishOnly', 'TOOL'],
    ['start', 'PROGRAM'],
    ['dev', 'PROGRAM'],
    ['preview', 'PROGRAM'],
    ['builder', 'PROGRAM'],
    ['testing-server', 'PROGRAM'],
  ])('goes by the script %s that it is the command of', (script, role) => {
    const env = { npm_lifecycle_event: script, npm_lifecycle_script: 'x=1 node ./scripts/app.js' };
    expect(roleWith('/srv/scripts/app.js', { env })).toBe(role);
    // What the command starts in turn, such as the server that is tested.
    expect(roleWith('/srv/server.js', { env })).toBe('PROGRAM');
    expect(roleWith(undefined, { env })).toBe('PROGRAM');
  });

  it('goes by a script that evaluates code, too', () => {
    const code = "try { require('./postinstall') } catch (error) {}";
    const env = {
      npm_lifecycle_event: 'postinstall',
      npm_lifecycle_script: `x=1 node -e "try { require('./postinstall') } catch (error) {}"`,
    };
    expect(roleWith(undefined, { env, execArgv: ['-e', code] })).toBe('TOOL');
    expect(roleWith(undefined, { env, execArgv: [`--eval=${code}`] })).toBe('TOOL');
    expect(roleWith(undefined, { env, execArgv: ['-e', "require('./server')"] })).toBe('PROGRAM');
    expect(roleWith(undefined, { execArgv: ['-e', code] })).toBe('PROGRAM');
  });

  it('may be one of several behind a launcher', () => {
    const argv = ['node', '/srv/server.js'];
    const env = { npm_lifecycle_event: 'start', npm_lifecycle_script: 'node server' };
    const isOneOfSeveral = (launched: object) =>
      isBehindLauncher({ argv, execArgv: [], env: {}, ...launched }, REGISTER);
    expect(isOneOfSeveral({ env })).toBe(true);
    expect(isOneOfSeveral({ env: { pm_id: '0' } })).toBe(true);
    expect(isOneOfSeveral({})).toBe(false);
    expect(isOneOfSeveral({ env, argv: ['node', '/srv/other.js'] })).toBe(false);
    expect(isOneOfSeveral({ env, execArgv: ['--import', REGISTER] })).toBe(false);
  });

  it('finds the command of a script that Node runs itself', () => {
    const manifest = fileURLToPath(new URL('../../../package.json', import.meta.url));
    const env = { NODE_RUN_SCRIPT_NAME: 'check', NODE_RUN_PACKAGE_JSON_PATH: manifest };
    expect(roleWith('/srv/scripts/check.ts', { env })).toBe('TOOL');
    expect(roleWith('/srv/scripts/start.ts', { env })).toBe('PROGRAM');
    const gone = { ...env, NODE_RUN_PACKAGE_JSON_PATH: '/nowhere/package.json' };
    expect(roleWith('/srv/scripts/check.ts', { env: gone })).toBe('PROGRAM');
  });

  it('knows the test runner of Node, and not what a test starts', () => {
    const env = { NODE_TEST_CONTEXT: 'child-v8' };
    expect(roleWith(undefined, { execArgv: ['--test'] })).toBe('TOOL');
    expect(roleWith('/srv/a.test.js', { env })).toBe('TOOL');
    expect(roleWith('/srv/test/a.js', { env })).toBe('TOOL');
    expect(roleWith('/srv/server.js', { env })).toBe('PROGRAM');
  });

  it.each([
    [['--import', 'pprofql/register']],
    [['--import=pprofql/register']],
    [['--enable-source-maps', '--import', REGISTER]],
    [['-r', '/srv/node_modules/pprofql/api/register.js']],
  ])('is the program that is meant with %j', (execArgv) => {
    expect(roleWith('/srv/node_modules/vitest/vitest.mjs', { execArgv })).toBe('PROGRAM');
    expect(roleWith('/srv/node_modules/vitest/vitest.mjs', { execArgv: ['--import', 'x'] })).toBe(
      'TOOL',
    );
  });
});
