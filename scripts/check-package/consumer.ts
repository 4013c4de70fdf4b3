/** A project of somebody else, made in a temporary folder, that has installed our tarball. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import root from '../../package.json' with { type: 'json' };

const TARBALL = fileURLToPath(
  new URL(`../../dist/${root.name}-${root.version}.tgz`, import.meta.url),
);
const FILES = fileURLToPath(new URL('../fixtures/consumer', import.meta.url));

export interface Consumer {
  folder: string;
  remove(): void;
}

/** With the given graphql, which our package leaves to its consumer to choose. */
export function installConsumer(graphqlVersion: string): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-consumer-'));
  cpSync(FILES, folder, { recursive: true });
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { [root.name]: `file:${TARBALL}`, graphql: graphqlVersion },
    devDependencies: { '@types/node': root.devDependencies['@types/node'] },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  // Vite calls this process production, where npm leaves out what is for development.
  execFileSync('npm', ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
