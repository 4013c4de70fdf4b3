/**
 * The moment before the process sends itself a signal that ends it. Node then hangs up on debuggers as
 * at an exit, but tells no listener: `process._kill`, which `process.kill` calls and which Node lets
 * others replace, is the one place that knows.
 */

import { getBuiltinModule, ownProcess, processListeners } from '../../base/builtins.ts';
import { harmless } from '../../base/harmless.ts';
import { math } from '../../base/numbers/math.ts';
import { beforeTakenBack, noteTakenBack } from '../../base/taken-back.ts';

type Kill = (pid: number, signal: number) => number;
type KillingProcess = NodeJS.Process & { _kill: Kill };

/** Signals that leave a process alive which does not listen for them. */
const HARMLESS: readonly NodeJS.Signals[] = [
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGUSR1',
  'SIGWINCH',
];

const { apply } = Reflect;
const { pid: ownPid } = ownProcess;

/**
 * Calls before each such signal, unless the returned function was called before. What it throws is lost.
 * To be called in the main thread.
 */
export function beforeOwnSignal(task: (signal: NodeJS.Signals) => void): () => void {
  const host = ownProcess as KillingProcess;
  const kill = host._kill;
  if (typeof kill !== 'function') return () => {};
  let isWanted = true;
  const runTask = harmless((pid: number, signal: number) => {
    const name = isWanted ? ownEnd(pid, signal) : null;
    if (name !== null) task(name);
  });
  const killing: Kill = (pid, signal) => {
    runTask(pid, signal);
    return apply(kill, host, [pid, signal]);
  };
  host._kill = killing;
  return () => {
    if (!isWanted) return;
    isWanted = false;
    noteTakenBack(killing, kill);
    // Somebody else may have put their own before it.
    if (host._kill === killing) host._kill = beforeTakenBack(kill);
  };
}

/** Null for a signal that is for another process, or does not end this one. */
function ownEnd(pid: number, signal: number): NodeJS.Signals | null {
  const isToSelf = pid === 0 || pid === -1 || math.abs(pid) === ownPid;
  if (!isToSelf || signal === 0) return null;
  const { signals } = getBuiltinModule('node:os').constants;
  const names = (Object.keys(signals) as NodeJS.Signals[]).filter(
    (name) => signals[name] === signal,
  );
  const isSurvived = names.some((name) => HARMLESS.includes(name) || processListeners(name) > 0);
  return isSurvived ? null : (names[0] ?? null);
}
