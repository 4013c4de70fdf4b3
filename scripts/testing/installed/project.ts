/** A project of somebody who uses an installed program, in a folder of its own that goes with the test. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { Program, REGISTER } from '../program.ts';
import { WITHOUT_OURS } from '../without-ours.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/installed/', import.meta.url));
/** What its programs wait for before they go on. */
const GO = 'go';

/** `NODE_OPTIONS` by which everything that Node starts has the flag. */
export const FLAG_FOR_ALL = { NODE_OPTIONS: `--import ${REGISTER}` };

export class Project implements Disposable {
  readonly folder: string;
  /** Nobody else's temporary files are there. */
  readonly temporary: string;
  readonly #installedIn: string;

  /** @param fixture a folder of `scripts/fixtures/installed/` */
  constructor(installedIn: string, fixture: string) {
    this.#installedIn = installedIn;
    this.folder = mkdtempSync(join(installedIn, `${fixture}-`));
    // Not below it: a socket's path may have about a hundred characters.
    this.temporary = mkdtempSync(join(tmpdir(), 'pq-'));
    cpSync(join(FIXTURES, fixture), this.folder, { recursive: true });
  }

  /** The file of an installed package that is run as a command. */
  command(name: string): string {
    return join(this.#installedIn, 'node_modules/.bin', name);
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
    return new Program(args, {
      cwd: this.folder,
      env: { ...WITHOUT_OURS, TMPDIR: this.temporary, FORCE_COLOR: '0', ...env },
    });
  }

  /** Until its programs have made all of the files. */
  async until(...files: string[]): Promise<void> {
    await vi.waitUntil(() => files.every((file) => existsSync(join(this.folder, file))));
  }

  /** Lets its programs go on. */
  go(): void {
    writeFileSync(join(this.folder, GO), '');
  }

  /** What is left when all has ended. */
  leftovers(): { temporary: string[]; folder: string[] } {
    return {
      temporary: readdirSync(this.temporary).toSorted(),
      folder: readdirSync(this.folder).toSorted(),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
