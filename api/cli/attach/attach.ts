/** `pprofql attach PID [--yes] [--port N] [--token TOKEN]`: starts the diagnostics in a process that runs already. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Outcome } from '../../attached.ts';
import { DiagnosticsError, type ErrorCode } from '../../base/errors.ts';
import { requireTokenWhereExposed } from '../../base/options/exposure.ts';
import type { DiagnosticsOptions } from '../../base/options/options.ts';
import { resolveOptions } from '../../base/options/resolve.ts';
import { environmentOf, isLinux } from '../processes/facts.ts';
import { addressOf } from '../processes/notes.ts';
import { type Attachable, attachable, ownProcess } from '../processes/refusal.ts';
import { attachedFile } from './attached-file.ts';
import { confirm } from './confirmation.ts';
import { type InspectorClient, openInspector } from './inspector-client.ts';
import { readPid, tellFailure } from './request.ts';
import { isStuck, tellStuck } from './stuck.ts';

const USAGE = `Usage: pprofql attach PID [--yes] [--port N] [--token TOKEN]
Starts the diagnostics inside a Node process of this user that runs already, and prints their address. It needs no
flag there, and the package need not be installed there. \`pprofql ps\` lists the processes, \`pprofql detach PID\` ends it.
If the process is stuck in a loop, prints what it runs and where its time goes first.
  --yes    agrees to what cannot be ruled out to do harm: a program's own handler of SIGUSR1 would run
  --port   to listen on, instead of what the process itself has in PPROFQL_PORT, or 6060
  --token  that requests must carry; PPROFQL_TOKEN keeps it out of the list of processes`;

const EXIT_USAGE = 2;
/** Loading takes some tenths of a second; on a busy machine, long. */
const LOADS_WITHIN_MS = 60_000;
const STARTS_WITHIN_MS = 30_000;
const LOOK_MS = 50;

interface Request {
  pid: number;
  isAgreed: boolean;
  options: DiagnosticsOptions;
}

/** @returns the exit code */
export async function runAttach(args: readonly string[]): Promise<number> {
  const request = parse(args);
  if (request === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  try {
    console.log(`pprofql: ${await attachTo(request)}`);
    return 0;
  } catch (error) {
    return tellFailure(error);
  }
}

function parse(args: readonly string[]): Request | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', short: 'y', default: false },
        port: { type: 'string' },
        token: { type: 'string' },
      },
    });
    const pid = readPid(positionals);
    if (pid === null) return null;
    const token = values.token ?? (process.env.PPROFQL_TOKEN || undefined);
    const port = values.port === undefined ? undefined : Number(values.port);
    return {
      pid,
      isAgreed: values.yes,
      options: { ...(port !== undefined && { port }), ...(token !== undefined && { token }) },
    };
  } catch {
    return null;
  }
}

/** @returns the address */
async function attachTo({ pid, isAgreed, options }: Request): Promise<string> {
  ownProcess(pid);
  const observedAt = addressOf(pid);
  if (observedAt !== null) return observedAt;
  const target = attachable(pid, attachedFile());
  refuseOptions(pid, options);
  if (!isAgreed && !target.hasInspector) await confirm(warningOf(target));
  const inspector = await openInspector(target);
  const closeFirst = () => void inspector.close().finally(() => process.exit(1));
  process.once('SIGINT', closeFirst).once('SIGTERM', closeFirst);
  try {
    const stuck = await isStuck(inspector);
    if (stuck) await printStuck(target, inspector);
    const url = await start(target, inspector, options);
    if (stuck) console.error(goOn(target));
    return url;
  } finally {
    await inspector.close();
    process.off('SIGINT', closeFirst).off('SIGTERM', closeFirst);
  }
}

/** As the process itself would, before anything is done to it. */
function refuseOptions(pid: number, options: DiagnosticsOptions): void {
  if (!isLinux()) return;
  const env = environmentOf(pid);
  requireTokenWhereExposed(resolveOptions(options, env), env);
}

function warningOf({ facts, place }: Attachable): string {
  return `attaching to ${facts.program} (pid ${facts.pid}) sends it SIGUSR1, on which Node opens its inspector (port ${place.port} of this machine alone) for a second or two and says so in three lines on its stderr; while pprofql is loaded, some tenths of a second, the program stands still. If it has a handler of its own for SIGUSR1, that runs instead, which cannot be told from outside.`;
}

async function printStuck({ facts }: Attachable, inspector: InspectorClient): Promise<void> {
  console.log(
    `The event loop of ${facts.program} (pid ${facts.pid}) does not turn. Looking at what it runs:`,
  );
  try {
    console.log((await tellStuck(inspector)).join('\n'));
  } catch (error) {
    console.log(`  It could not be told: ${(error as Error).message}`);
  }
}

const goOn = ({ facts }: Attachable) =>
  `pprofql: ${facts.program} is still stuck, and is observed from here on: the address shows what it runs, and takes CPU profiles; once the loop turns, all the rest. \`kill ${facts.pid}\` ends the program, \`pprofql detach ${facts.pid}\` the diagnostics when the loop turns again.`;

/**
 * Loads and starts, in one go that needs no turn of the loop.
 * @returns the address
 */
async function start(
  { facts }: Attachable,
  inspector: InspectorClient,
  options: DiagnosticsOptions,
): Promise<string> {
  const file = JSON.stringify(attachedFile());
  const attach = `process.getBuiltinModule('node:module').createRequire(${file})(${file}).attach(${JSON.stringify(options)})`;
  const deadlineMs = performance.now() + STARTS_WITHIN_MS;
  let outcome = await ask(inspector, attach, LOADS_WITHIN_MS);
  const again = "globalThis[Symbol.for('pprofql.attached')]?.outcome()";
  while (performance.now() < deadlineMs) {
    if (outcome?.state === 'RUNNING') return outcome.url;
    if (outcome?.state === 'FAILED') {
      throw new DiagnosticsError(outcome.code as ErrorCode, outcome.message);
    }
    // A loop that is stuck hears nothing of the thread beside it.
    const url = addressOf(facts.pid);
    if (url !== null) return url;
    await wait(LOOK_MS);
    outcome = await ask(inspector, again);
  }
  throw new DiagnosticsError(
    'PROCESS_NOT_RESPONDING',
    `the diagnostics have not begun to listen in process ${facts.pid}; when they do, they serve, and this command finds them`,
  );
}

async function ask(
  inspector: InspectorClient,
  expression: string,
  deadlineMs?: number,
): Promise<Outcome | null> {
  const text = await inspector.evaluate(expression, { deadlineMs });
  return typeof text === 'string' ? (JSON.parse(text) as Outcome) : null;
}
