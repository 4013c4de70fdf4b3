/**
 * What is left to do as the process ends, on one listener for all: a program that starts pprofql more
 * than ten times would otherwise be warned of a leak of listeners, which it does not have.
 */
import { ownProcess } from '../../base/builtins.ts';
import { harmless } from '../../base/harmless.ts';

const tasks = new Set<() => void>();

/** Calls once as the process ends, unless the returned function was called before. What it throws is lost. */
export function onProcessExit(task: () => void): () => void {
  // An entry of its own, so that the same function may be given twice.
  const entry = () => task();
  if (tasks.size === 0) ownProcess.on('exit', runAll);
  tasks.add(entry);
  return () => {
    if (tasks.delete(entry) && tasks.size === 0) ownProcess.off('exit', runAll);
  };
}

function runAll(): void {
  for (const task of tasks) {
    harmless(task)();
  }
}
