/**
 * The observed program's stdin, stdout and stderr stay as they were, whatever they are and however
 * pprofql is started. Node makes a pipe non-blocking, and holds a handle on it, as soon as anything
 * reads `process.stdin` and its siblings. Also runs on other Node versions, see `vitest.nodes.config.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const NODE = process.env.PPROFQL_TEST_NODE ?? process.execPath;
/** Node 22 warns of the types in our sources, on stderr; the package has none. */
const QUIET = '--disable-warning=ExperimentalWarning';
const REGISTER = new URL('../../register.ts', import.meta.url).href;
const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../../../scripts/fixtures/streams/', import.meta.url));

/** Time for all of our timers to have run, the first sweep of tasks at two seconds included. */
const LONG_MS = 2_600;
const SHORT_MS = 300;
/** A busy machine takes its time to start so many programs at once, three of which load GraphQL. */
const TIMEOUT_MS = 240_000;

/** How a shell gives a command its three streams. */
const STREAMS = {
  pipes: 'sleep 0.1 | { "$@" 2>&1 1>&3 | cat; } 3>&1 | cat',
  'a file and /dev/null': '"$@" < /dev/null > "$FOLDER/out" 2> /dev/null',
} as const;

type Streams = keyof typeof STREAMS;

interface Entry {
  program: string;
  flags?: string[];
  viaCommand?: boolean;
  waitMs?: number;
}

const ENTRIES: Record<string, Entry> = {
  'the flag': { program: 'plain.cjs', flags: ['--import', REGISTER], waitMs: LONG_MS },
  'the command': { program: 'plain.cjs', viaCommand: true },
  'startDiagnostics, imported': { program: 'starts.mjs' },
  'startDiagnostics, required': { program: 'starts.cjs' },
  'a mounted handler, imported': { program: 'mounts.mjs', waitMs: LONG_MS },
  'a mounted handler, required': { program: 'mounts.cjs' },
};

interface Facts {
  /** Octal, of stdin, stdout and stderr. */
  flags: string[];
  active: string[];
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pprofql-streams-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function shell(script: string, command: string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout } = await promisify(execFile)('sh', ['-c', script, 'sh', ...command], {
    // Each has a folder of its own, because they run at once.
    env: { ...process.env, PPROFQL_PORT: '0', FOLDER: mkdtempSync(join(folder, 'run-')), ...env },
    timeout: TIMEOUT_MS / 2,
  });
  return stdout;
}

async function factsOf(entry: Entry, streams: Streams, isObserved: boolean): Promise<Facts> {
  const program = join(PROGRAMS, entry.program);
  const start = entry.viaCommand ? [QUIET, CLI, program] : [QUIET, ...(entry.flags ?? []), program];
  const command = [NODE, ...(isObserved ? start : [QUIET, program])];
  const file = join(mkdtempSync(join(folder, 'facts-')), 'facts.json');
  await shell(STREAMS[streams], command, {
    STREAMS_REPORT: file,
    STREAMS_WAIT_MS: String(isObserved ? (entry.waitMs ?? SHORT_MS) : 0),
    STREAMS_OBSERVED: isObserved ? 'yes' : 'no',
  });
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** All at once: each waits for its own time to pass. */
describe
  .skipIf(process.platform !== 'linux')
  .concurrent('standard streams', { timeout: TIMEOUT_MS }, () => {
    it.each<[Streams, string]>([
      ...Object.keys(ENTRIES).map((name): [Streams, string] => ['pipes', name]),
      ['a file and /dev/null', 'the flag'],
      ['a file and /dev/null', 'a mounted handler, imported'],
    ])('that are %s are as without pprofql under %s', async (streams, name) => {
      const [without, observed] = await Promise.all([
        factsOf(ENTRIES[name]!, streams, false),
        factsOf(ENTRIES[name]!, streams, true),
      ]);
      expect(observed).toEqual(without);
    });
  });

describe
  .skipIf(process.platform === 'win32')
  .concurrent('a program under the flag', { timeout: TIMEOUT_MS }, () => {
    /** The other end of a pipe does nothing until the program has called this, and then some more. */
    const AFTER_BEGIN = 'until [ -e "$FOLDER/begun" ]; do sleep 0.05; done; sleep 0.3';
    const BEGIN =
      "const fs = require('node:fs'); fs.writeFileSync(process.env.FOLDER + '/begun', '');";
    const observed = (script: string) => [NODE, QUIET, '--import', REGISTER, '--eval', script];

    it('reads a stdin that comes late', async () => {
      const program = observed(`${BEGIN} console.log(fs.readFileSync(0, 'utf8'))`);
      const read = await shell(`(${AFTER_BEGIN}; echo late) | "$@" 2> /dev/null`, program);
      expect(read).toBe('late\n\n');
    });

    it('writes three megabytes at once to a reader that is slow', async () => {
      const program = observed(`${BEGIN} fs.writeSync(1, Buffer.alloc(3e6, 120))`);
      const counted = await shell(`"$@" 2> /dev/null | (${AFTER_BEGIN}; wc -c)`, program);
      expect(Number(counted)).toBe(3e6);
    });
  });
