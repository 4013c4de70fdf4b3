/** Builds the dashboard into `dist/dashboard/`, when its sources are newer than the last build. */
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITE = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
const BUILT_PAGE = fileURLToPath(new URL('../dist/dashboard/index.html', import.meta.url));

/** Without a dashboard the API still works: a failed build is told, not thrown. */
export function buildDashboardIfStale(): void {
  if (modifiedAtMs(BUILT_PAGE) > newestSourceMs()) return;
  if (!buildDashboard())
    console.error('The dashboard could not be built; the API works without it.');
}

/** False when the build failed; vite then has said why on stderr. */
export function buildDashboard(): boolean {
  const build = [VITE, 'build', 'client/dashboard', '--logLevel', 'error'];
  const { status } = spawnSync(process.execPath, build, {
    cwd: ROOT,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  return status === 0;
}

function newestSourceMs(): number {
  const sources = globSync(['client/**/*.{ts,tsx,css,html,svg,graphql}', 'package-lock.json'], {
    cwd: ROOT,
    exclude: ['**/*.test.*', '**/e2e/**'],
  });
  return Math.max(...sources.map((file) => modifiedAtMs(`${ROOT}/${file}`)));
}

/** 0 for a file that is not there. */
function modifiedAtMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
