/** Holds as many live tasks and megabytes as it is told, and watches how long its loop stands still. */
import type { startDiagnostics } from '../../../api/index.ts';
import { BUILT_PACKAGE } from '../server-process.ts';
import { answerCommands } from './control.ts';

export interface Holdings {
  tasks: number;
  megabytes: number;
}

const BYTES_PER_ROW = 64;
const ROWS_PER_MEGABYTE = (1024 * 1024) / BYTES_PER_ROW;
const TASKS_PER_TURN = 500;

const heldRows: object[][] = [];
const heldTasks: Promise<never>[] = [];

const index: { startDiagnostics: typeof startDiagnostics } = await import(
  new URL('api/index.js', BUILT_PACKAGE).href
);
// Every read is measured here: none may be held back by the budget for pauses.
const { url } = await index.startDiagnostics({ port: 0, pauseBudgetPercent: 100 });

async function waitForever(): Promise<never> {
  return await new Promise<never>(() => {});
}

/** In turns, as real tasks come: a burst at once would only show how sampling sets in. */
async function hold({ tasks, megabytes }: Holdings): Promise<void> {
  for (let megabyte = 0; megabyte < megabytes; megabyte++) {
    heldRows.push(Array.from({ length: ROWS_PER_MEGABYTE }, (_, id) => ({ id, a: 1, b: 2, c: 3 })));
    await nextTurn();
  }
  while (heldTasks.length < tasks) {
    for (let i = 0; i < TASKS_PER_TURN && heldTasks.length < tasks; i++) {
      heldTasks.push(waitForever());
    }
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

let isWatching = false;
let longestGapMs = 0;

/** Turns the loop without a rest: two turns far apart mean that something blocked it. */
function startWatching(): void {
  isWatching = true;
  longestGapMs = 0;
  let previousMs = performance.now();
  const turn = () => {
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, nowMs - previousMs);
    previousMs = nowMs;
    if (isWatching) setImmediate(turn);
  };
  turn();
}

function stopWatching(): number {
  isWatching = false;
  return longestGapMs;
}

answerCommands({ diagnosticsUrl: () => url, hold, startWatching, stopWatching });
