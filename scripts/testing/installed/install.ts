/**
 * Runs once before the tests of programs that are too large to be developed with: installs them from npm in a
 * temporary folder, where the tests put their projects.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import versions from './versions.json' with { type: 'json' };

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where npm cannot be reached, which is then said. */
    installedIn: string | null;
  }
}

/** Also where its server fails, or answers too late. */
const OUT_OF_REACH =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|\w*TIMED?OUT|ENETUNREACH|EHOSTUNREACH|E429|E5\d\d)\b/;
const LONGEST_INSTALL_MS = 300_000;

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-installed-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(versions));
  try {
    await promisify(execFile)(
      'npm',
      ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'],
      { cwd: folder, timeout: LONGEST_INSTALL_MS },
    );
    project.provide('installedIn', folder);
  } catch (error) {
    const { stderr = '', killed = false } = error as { stderr?: string; killed?: boolean };
    const reason = killed ? 'it took too long' : OUT_OF_REACH.exec(stderr)?.[0];
    if (reason === undefined) {
      remove();
      throw error;
    }
    console.warn(
      `Skipped, since npm cannot be reached (${reason}): ${Object.keys(versions.dependencies).join(', ')}.`,
    );
    project.provide('installedIn', null);
  }
  return remove;
}
