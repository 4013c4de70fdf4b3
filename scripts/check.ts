/**
 * `npm run check`: every `check:…` of the manifest that reads sources alone, side by side, since most of
 * them keep one core busy. What a check says comes in one piece, in the order of the manifest.
 */
import { spawn } from 'node:child_process';
import manifest from '../package.json' with { type: 'json' };

/** Needs what `npm run package` makes. */
const OF_THE_PACKAGE = 'check:package';

interface Verdict {
  passes: boolean;
  text: string;
}

function run(command: string): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ passes: code === 0, text }));
  });
}

const checks = Object.entries(manifest.scripts)
  .filter(([name]) => name.startsWith('check:') && name !== OF_THE_PACKAGE)
  .map(([name, command]) => ({ name, verdict: run(command) }));

for (const { name, verdict } of checks) {
  const { passes, text } = await verdict;
  console.log(`${passes ? 'passes' : 'FAILS'}  ${name}`);
  if (passes) continue;
  console.log(text);
  process.exitCode = 1;
}
