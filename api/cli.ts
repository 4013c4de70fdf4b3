#!/usr/bin/env node
/**
 * `npx pprofql app.js [args]`: the same as `node --import pprofql/register app.js [args]`.
 * `npx pprofql analyze FILE…`: what is in saved dumps and profiles.
 * `npx pprofql fleet`: the page for all instances of a fleet.
 * `npx pprofql mcp`: tools for language models.
 * `npx pprofql path`: the preload, as `NODE_OPTIONS` takes it in every folder.
 * `npx pprofql ps`, `attach PID` and `detach PID`: processes that run already.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { logLine } from './base/log.ts';
import { refusalOfNode } from './base/old-node.ts';
import { isSwitchedOff } from './base/options/environment/main-switch.ts';

const USAGE = `Usage: pprofql app.js [arguments]
       pprofql analyze FILE… [--json] [--serve]
       pprofql analyze BASE TARGET --diff [--json]
       pprofql fleet --redis URL [--port N] [--token TOKEN]
       pprofql mcp [--url URL] [--token TOKEN]
       pprofql path
       pprofql ps [--json]
       pprofql attach PID [--yes] [--port N] [--token TOKEN]
       pprofql detach PID
Runs app.js with diagnostics beside it, on http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise.
path prints what NODE_OPTIONS="--import $(npx pprofql path)" needs to work in every folder.
       pprofql --version, pprofql --help`;

/** All but a program's name. */
const COMMANDS = new Set(['analyze', 'fleet', 'mcp', 'ps', 'attach', 'detach']);
const FORWARDED_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
const EXIT_USAGE = 2;
/** Not `process.stdin`, which makes a pipe non-blocking for the program too: it is the same pipe. */
const STDIN_FD = 0;

function runProgram(args: string[]): void {
  const refusal = refusalOfNode();
  if (refusal !== null && !isSwitchedOff()) logLine(refusal);
  // An older Node would not know the flag; the program itself may well do without.
  const preload = refusal === null ? ['--import', registerAddress()] : [];
  const child = spawn(process.execPath, [...process.execArgv, ...preload, ...args], {
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

/** An address has no spaces, and is one in every folder and on every system. */
function registerAddress(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './register.ts' : './register.js', import.meta.url).href;
}

/** Of pprofql; `node --version` tells Node's. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

const args = process.argv.slice(2);
if (args.length === 0) {
  console.error(USAGE);
  process.exitCode = EXIT_USAGE;
} else if (args[0] === '--help' || args[0] === '-h') {
  console.log(USAGE);
} else if (args[0] === '--version' || args[0] === '-v') {
  console.log(version());
} else if (args[0] === 'path' && args.length === 1) {
  console.log(registerAddress());
} else if (COMMANDS.has(args[0]!) && refusalOfNode() !== null) {
  logLine(refusalOfNode()!);
  process.exitCode = 1;
} else if (args[0] === 'analyze') {
  const { runAnalyze } = await import('./cli/analyze.ts');
  process.exitCode = (await runAnalyze(args.slice(1))) ?? process.exitCode;
} else if (args[0] === 'fleet') {
  const { runFleet } = await import('./cli/fleet.ts');
  process.exitCode = (await runFleet(args.slice(1))) ?? process.exitCode;
} else if (args[0] === 'mcp') {
  const { runMcp } = await import('./cli/mcp.ts');
  process.exitCode = (await runMcp(args.slice(1), version())) ?? process.exitCode;
} else if (args[0] === 'ps') {
  const { runPs } = await import('./cli/ps.ts');
  process.exitCode = await runPs(args.slice(1));
} else if (args[0] === 'attach') {
  const { runAttach } = await import('./cli/attach/attach.ts');
  process.exitCode = await runAttach(args.slice(1));
} else if (args[0] === 'detach') {
  const { runDetach } = await import('./cli/attach/detach.ts');
  process.exitCode = await runDetach(args.slice(1));
} else {
  runProgram(args);
}
