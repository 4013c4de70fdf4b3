/** Builds the Go side of the comparison from what the installed toolchain brings, without a network. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../go', import.meta.url));
const PPROF_MODULE = 'github.com/google/pprof';

export interface GoProgram {
  program: string;
  /** For example `go1.19.8`. */
  version: string;
  /** Whether it can read heap profiles. */
  hasHeap: boolean;
}

/** Null where Go is not installed, or does not build it. */
export function buildGoAnalyzer(folder: string): GoProgram | null {
  const root = goOutput(['env', 'GOROOT']);
  const version = goOutput(['env', 'GOVERSION']);
  if (root === null || version === null) return null;
  const sources = join(folder, 'go');
  cpSync(SOURCES, sources, { recursive: true });
  const hasHeap = vendorPprof({ root, version, sources });
  const program = join(folder, 'analyzer');
  const args = ['build', '-o', program, ...(hasHeap ? ['-mod=vendor', '-tags=pprof'] : []), '.'];
  const { status, stderr } = spawnSync('go', args, { cwd: sources, encoding: 'utf8' });
  if (status === 0) return { program, version, hasHeap };
  console.error(`Go does not build the comparison: ${stderr}`);
  return null;
}

function goOutput(args: string[]): string | null {
  const { status, stdout } = spawnSync('go', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

interface Toolchain {
  root: string;
  version: string;
  sources: string;
}

/** The toolchain carries the profile package for its own `go tool pprof`; the copy is only built with. */
function vendorPprof({ root, version: toolchain, sources }: Toolchain): boolean {
  const carried = join(root, 'src/cmd/vendor', PPROF_MODULE, 'profile');
  if (!existsSync(carried)) return false;
  const vendor = join(sources, 'vendor');
  mkdirSync(vendor);
  cpSync(carried, join(vendor, PPROF_MODULE, 'profile'), { recursive: true, dereference: true });
  const version = 'v0.0.0-toolchain';
  // It may be written in the language of its toolchain; one that is not named is read as that of Go 1.16.
  const language = /^go(\d+\.\d+)/.exec(toolchain)?.[1] ?? '1.19';
  writeFileSync(
    join(sources, 'go.mod'),
    `module pprofql.dev/bench\n\ngo ${language}\n\nrequire ${PPROF_MODULE} ${version}\n`,
  );
  writeFileSync(
    join(vendor, 'modules.txt'),
    `# ${PPROF_MODULE} ${version}\n## explicit; go ${language}\n${PPROF_MODULE}/profile\n`,
  );
  return true;
}
