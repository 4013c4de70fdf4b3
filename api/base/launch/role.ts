/**
 * What was started where the preload runs. `NODE_OPTIONS` reaches every Node process: npm in front of the program,
 * the build before it, the test runner beside it. None of these is meant, and the program is to get the known port.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { packageNameOf } from '../files/package-name.ts';
import type { Environment } from '../options/environment/environment.ts';
import { isOfPm2 } from './program-file.ts';

/**
 * `LAUNCHER` starts programs and is passed over. `TOOL` builds, tests or installs: looked at only as a child
 * of what is observed. `PROGRAM` is anything else, and whatever was started with the flag itself.
 */
export type Role = 'LAUNCHER' | 'TOOL' | 'PROGRAM';

export interface Launched {
  argv: readonly string[];
  execArgv: readonly string[];
  env: Environment;
}

/** By the package that their files are in. */
const LAUNCHER_PACKAGES = [
  'npm',
  'pnpm',
  '@pnpm/exe',
  'yarn',
  'corepack',
  'bun',
  'pm2',
  'forever',
  'nodemon',
  'ts-node-dev',
  'tsx',
  'concurrently',
  'npm-run-all',
  'npm-run-all2',
  'cross-env',
  'cross-env-shell',
  'dotenv-cli',
  'env-cmd',
  'wireit',
  'turbo',
  'nx',
  'lerna',
  'husky',
  'lint-staged',
  'wait-on',
  'start-server-and-test',
  'pprofql',
];

const TOOL_PACKAGES = [
  'vitest',
  'tinypool',
  'jest',
  'jest-cli',
  'jest-worker',
  'mocha',
  'ava',
  'tap',
  'c8',
  'nyc',
  '@playwright/test',
  'playwright',
  'playwright-core',
  'cypress',
  'typescript',
  'eslint',
  'prettier',
  '@biomejs/biome',
  'knip',
  'webpack',
  'webpack-cli',
  'rollup',
  'vite',
  'esbuild',
  '@swc/cli',
  '@babel/cli',
  'parcel',
  'tsup',
  'tsdown',
  'unbuild',
  'rimraf',
  'node-gyp',
  'node-gyp-build',
  'prebuild-install',
  '@mapbox/node-pre-gyp',
  'prisma',
  '@graphql-codegen/cli',
  'next',
];

/** Where a package manager was installed without npm: a release of Yarn in the project, Corepack's cache. */
const LAUNCHER_FILE =
  /\/(?:(?:npm|npx)-cli\.js|p?npx?\.[cm]?js|pnpm\.[cm]?js|yarn(?:-[\w.-]+)?\.[cm]?js|corepack\.js)$/;
/** pm2 runs the program in these. */
const CONTAINER_OF_PM2 = /\/pm2\/lib\/ProcessContainer[^/]*\.js$/;
const SERVER_OF_NEXT = /\/next\/dist\/server\/lib\/start-server\.js$/;
const COMMAND_OF_NEXT = /\/next\/dist\/bin\/next$/;

const TOOL_SCRIPT =
  /^(?:(?:pre|post)(?:start|stop|restart|dev|serve)|(?:pre|post)?(?:test|build|lint|typecheck|check|format|install|uninstall|prepare|pack|publish|version|compile|bundle|clean|coverage|e2e|codegen|generate|dependencies))(?![a-z])/;
const OTHER_TOOL_SCRIPTS = ['prepublishOnly', 'prepublish', 'prepack', 'postpack'];

const TEST_FILE = /(?:\/|[-_.])test(?:[-.][\w.-]*)?\.[cm]?[jt]sx?$|\/test\//;
/** For example `build` of `/srv/scripts/build.ts`. */
const BASE_NAME = /([^/]*?)(?:\.[cm]?[jt]sx?)?$/;
/** What stands between file names in a command, and their endings. */
const NO_NAME = /[\s/'"&|;=]+|\.[cm]?[jt]sx?\b/;

const EVALUATES = /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/;
/** What a shell takes out of a command, or may. */
const QUOTING = /["'\\\s]/g;

const PRELOADS = ['--import', '--require', '-r'];

/** @param register address of the preload: where it stands in the command itself, this program is meant */
export function roleOf(
  launched: Launched,
  register: string,
  resolveLinks: (path: string) => string = realPath,
): Role {
  if (isNamedIn(launched.execArgv, register)) return 'PROGRAM';
  const { argv } = launched;
  const file = resolveLinks(argv[1] ?? '').replaceAll('\\', '/');
  if (isOwnCommand(file, register)) return 'LAUNCHER';
  const role = roleOfFile(file, argv[2]);
  if (role !== 'PROGRAM') return role;
  return isTest(file, launched) || isStepOfTool(file, launched) ? 'TOOL' : 'PROGRAM';
}

/** The variable reaches what a test starts as well, which is a program. */
function isTest(file: string, { execArgv, env }: Launched): boolean {
  return (
    execArgv.includes('--test') || (env.NODE_TEST_CONTEXT !== undefined && TEST_FILE.test(file))
  );
}

function roleOfFile(file: string, command: string | undefined): Role {
  if (CONTAINER_OF_PM2.test(file) || SERVER_OF_NEXT.test(file)) return 'PROGRAM';
  if (COMMAND_OF_NEXT.test(file)) return command === 'start' ? 'PROGRAM' : 'LAUNCHER';
  const owner = packageNameOf(file);
  if (LAUNCHER_FILE.test(file)) return 'LAUNCHER';
  if (owner === null) return 'PROGRAM';
  if (LAUNCHER_PACKAGES.includes(owner)) return 'LAUNCHER';
  return TOOL_PACKAGES.includes(owner) ? 'TOOL' : 'PROGRAM';
}

/**
 * Whether somebody who reads its line may wonder whose it is: the flag has reached the launcher in front of it too.
 */
export function isBehindLauncher(launched: Launched, register: string): boolean {
  const { argv, execArgv, env } = launched;
  if (isNamedIn(execArgv, register)) return false;
  const file = (argv[1] ?? '').replaceAll('\\', '/');
  return SERVER_OF_NEXT.test(file) || isOfPm2(env) || isCommandOf(scriptIn(env), file, launched);
}

const scriptIn = (env: Environment) => env.NODE_RUN_SCRIPT_NAME ?? env.npm_lifecycle_event ?? '';

function isStepOfTool(file: string, launched: Launched): boolean {
  const script = scriptIn(launched.env);
  const isTool = TOOL_SCRIPT.test(script) || OTHER_TOOL_SCRIPTS.includes(script);
  return isTool && isCommandOf(script, file, launched);
}

/** A file, or evaluated code, that stands in the command of a script, not what that starts in turn. */
function isCommandOf(name: string, file: string, { execArgv, env }: Launched): boolean {
  const code = evaluatedIn(execArgv)?.replace(QUOTING, '');
  if (code !== undefined)
    return code !== '' && commandOf(name, env).replace(QUOTING, '').includes(code);
  const [, base] = BASE_NAME.exec(file) ?? [];
  return base !== undefined && base !== '' && commandOf(name, env).split(NO_NAME).includes(base);
}

/** The code of `node -e code`, as Node tells it. */
function evaluatedIn(execArgv: readonly string[]): string | undefined {
  const at = execArgv.findIndex((arg) => EVALUATES.test(arg));
  if (at < 0) return undefined;
  const [, joined] = execArgv[at]?.split(/=(.*)/s) ?? [];
  return joined ?? execArgv[at + 1];
}

/** npm, pnpm and Yarn tell the command of the script that they run; `node --run` tells where it stands. */
function commandOf(script: string, env: Environment): string {
  const { NODE_RUN_PACKAGE_JSON_PATH: manifest, npm_lifecycle_script: command = '' } = env;
  if (env.NODE_RUN_SCRIPT_NAME === undefined || manifest === undefined) return command;
  try {
    return String(JSON.parse(readFileSync(manifest, 'utf8')).scripts[script]);
  } catch {
    return '';
  }
}

/** For example `['--import', 'pprofql/register']`; what stands in `NODE_OPTIONS` is not in there. */
function isNamedIn(execArgv: readonly string[], register: string): boolean {
  return execArgv.some((arg, at) => {
    const [flag = '', joined] = arg.split(/=(.*)/s);
    const named = joined ?? (PRELOADS.includes(flag) ? execArgv[at + 1] : undefined);
    return PRELOADS.includes(flag) && named !== undefined && isRegister(named, register);
  });
}

function isRegister(named: string, register: string): boolean {
  if (named === 'pprofql/register') return true;
  const tail = new URL(register).pathname.split('/').slice(-2).join('/');
  return named === register || named.replaceAll('\\', '/').endsWith(tail);
}

/** In the package its folder tells; not so where it runs from its source. */
function isOwnCommand(file: string, register: string): boolean {
  const folder = new URL('.', register).pathname;
  return file.endsWith(`${folder}cli.ts`);
}

/** As it is where it cannot be told: a program that is not allowed to read, a script that is none. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
