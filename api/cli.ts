#!/usr/bin/env node
/**
 * `npx pprofql app.js [args]`: the same as `node --import pprofql/register app.js [args]`.
 * `npx pprofql analyze FILE…`: what is in saved dumps and profiles.
 */
import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';

const USAGE = `Usage: pprofql app.js [arguments]
       pprofql analyze FILE… [--json] [--serve]
Runs app.js with diagnostics beside it, on http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise.`;

const FORWARDED_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
const EXIT_USAGE = 2;
/** Not `process.stdin`, which makes a pipe non-blocking for the program too: it is the same pipe. */
const STDIN_FD = 0;

function runProgram(args: string[]): void {
  const isSource = import.meta.url.endsWith('.ts');
  const register = new URL(isSource ? './register.ts' : './register.js', import.meta.url).href;
  const child = spawn(process.execPath, [...process.execArgv, '--import', register, ...args], {
    stdio: 'inherit',
  });
  for (const signal of FORWARDED_SIGNALS) {
    // A terminal sends Ctrl-C to both processes itself; forwarding it would send it twice.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !isatty(STDIN_FD)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`pprofql: cannot run ${process.execPath}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    // Whoever waits for us sees the same end that the program had.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const args = process.argv.slice(2);
if (args.length === 0 || args[0] === '--help' || args[0] === '-h') {
  console.error(USAGE);
  process.exitCode = args.length === 0 ? EXIT_USAGE : 0;
} else if (args[0] === 'analyze') {
  const { runAnalyze } = await import('./analyze/command.ts');
  process.exitCode = (await runAnalyze(args.slice(1))) ?? 0;
} else {
  runProgram(args);
}
