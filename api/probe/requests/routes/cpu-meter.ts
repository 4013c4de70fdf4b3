/**
 * How long the thread works for each route: what it does from the arrival of a request until it gives
 * up the turn, and after each `await`. Measured in short windows, which stand for the time between
 * them, so that it costs the same whatever the program does.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { promiseHooks } from 'node:v8';
import { atEndOfTurn } from '../../../base/builtins.ts';
import { harmless } from '../../../base/harmless.ts';
import { clamp } from '../../../base/numbers/clamp.ts';
import { math } from '../../../base/numbers/math.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../../base/own-time.ts';
import { atTickAfter } from '../../../base/waiting/ticker.ts';
import { routeOf } from '../context/context.ts';
import { REQUEST_BEGINNINGS, type RequestContext, type RequestRecord } from '../context/types.ts';
import { routeName } from './names/route-name.ts';
import { OTHER_ROUTES } from './route-table.ts';

export interface RouteCpuMeter {
  /** Milliseconds since the start, by route as in `GET /users/:id`; estimates. */
  read(): ReadonlyMap<string, number>;
  stop(): void;
}

const CYCLE_MS = 1_000;
const SHORTEST_WINDOW_MS = 2;
const FIRST_WINDOW_MS = 10;
/** For so long before a window every request that begins is given a context, by which it is told. */
const LEAD_MS = 20;
/** Continuations that are measured in a cycle: a tenth of a millisecond of work where the code is hot. */
const CALLS_PER_CYCLE = 250;
/** So many of them cost as much as the context of a request, of which each that begins in a window has one. */
const CALLS_OF_CONTEXT = 20;
/** In one window: a loop that feeds itself with promises lets none end, and is not to be slowed down for ever. */
const MOST_CALLS = 100 * CALLS_PER_CYCLE;
const MOST_ROUTES = 200;

export function startRouteCpuMeter(requests: RequestContext): RouteCpuMeter {
  const routes = new Map<string, number>();
  /** Of the window that is open or was last. */
  const measured = new Map<RequestRecord, number>();
  let running: RequestRecord | undefined;
  let runningSinceMs = 0;
  let openedAtMs = 0;
  let calls = 0;
  let begunAtOpening = 0;
  let windowMs = FIRST_WINDOW_MS;
  let stopHooks: (() => void) | null = null;
  /** As many requests had begun at the last turn. */
  let begunBefore = 0;
  let cancelNext = () => {};
  let releaseContexts: (() => void) | null = null;
  /** On the wall; requests that began since all have a context. */
  let allSinceMs = 0;

  // Not wrapped: these two run before and after every continuation while a window is open.
  function enter(): void {
    try {
      calls += 1;
      if (calls === MOST_CALLS) atEndOfTurn(unhook);
      leave();
      running = requests.current();
      if (running !== undefined) runningSinceMs = threadClockMs();
    } catch {
      // An error in a hook ends the process; a missing figure does no harm.
    }
  }

  function leave(): void {
    if (running === undefined) return;
    const ms = threadClockMs() - runningSinceMs;
    measured.set(running, (measured.get(running) ?? 0) + ms);
    running = undefined;
  }

  // Called after the request context itself, since it subscribed before.
  const begin = harmless(() => {
    enter();
    // The first thing that happens once the program has given up the turn.
    atEndOfTurn(leave);
  });

  function giveContexts(): void {
    if (releaseContexts !== null) return;
    releaseContexts = requests.holdContexts();
    allSinceMs = wallClockMs();
  }

  function openWindow(): void {
    giveContexts();
    openedAtMs = threadClockMs();
    calls = 0;
    begunAtOpening = requests.begun();
    measured.clear();
    stopHooks ??= hook();
  }

  function hook(): () => void {
    for (const channel of REQUEST_BEGINNINGS) subscribe(channel, begin);
    const stopPromises = promiseHooks.createHook({ before: enter, after: leave }) as () => void;
    return () => {
      for (const channel of REQUEST_BEGINNINGS) unsubscribe(channel, begin);
      stopPromises();
    };
  }

  const hasBegun = () => requests.begun() > begunBefore;

  /** How long a window is to be, by what has come in this one. */
  function wantedMs(): number {
    const work = calls + CALLS_OF_CONTEXT * (requests.begun() - begunAtOpening);
    const workPerMs = work / math.max(1, threadClockMs() - openedAtMs);
    return clamp(CALLS_PER_CYCLE / workPerMs, SHORTEST_WINDOW_MS, CYCLE_MS);
  }

  function closeWindow(nextInMs: number): void {
    leave();
    const openMs = threadClockMs() - openedAtMs;
    const factor = (openMs + nextInMs) / math.max(openMs, SHORTEST_WINDOW_MS);
    bookMeasured(factor);
    // Where there is little to measure it is open all the time.
    if (nextInMs > 0) unhook();
    windowMs = wantedMs();
  }

  function unhook(): void {
    stopHooks?.();
    stopHooks = null;
    releaseContexts?.();
    releaseContexts = null;
  }

  function bookMeasured(factor: number): void {
    for (const [request, ms] of measured) book(request, ms * factor);
    measured.clear();
  }

  function book(request: RequestRecord, ms: number): void {
    // Of those from before, only some have a context.
    const weight = request.startedAtMs < allSinceMs ? 1 / requests.contextShare() : 1;
    const name = routeName(request.method, routeOf(request));
    const kept = routes.has(name) || routes.size < MOST_ROUTES ? name : OTHER_ROUTES;
    routes.set(kept, (routes.get(kept) ?? 0) + ms * weight);
  }

  function after(ms: number, work: () => void): void {
    const timer = setTimeout(work, ms).unref();
    cancelNext = () => clearTimeout(timer);
  }

  function afterRest(restMs: number): void {
    after(restMs - LEAD_MS, () => {
      if (hasBegun()) giveContexts();
      after(LEAD_MS, turn);
    });
  }

  function turn(): void {
    const isNeeded = hasBegun() || requests.inFlight() > 0;
    begunBefore = requests.begun();
    if (!isNeeded) {
      unhook();
      cancelNext = atTickAfter(CYCLE_MS, turn);
      return;
    }
    openWindow();
    after(windowMs, endWindow);
  }

  function endWindow(): void {
    const openMs = threadClockMs() - openedAtMs;
    const missingMs = wantedMs() - openMs;
    // A window that was too short for what came in it would be a guess for all of the cycle.
    if (missingMs >= SHORTEST_WINDOW_MS) {
      after(missingMs, endWindow);
      return;
    }
    const restMs = math.max(0, CYCLE_MS - openMs);
    closeWindow(restMs);
    if (restMs === 0) turn();
    else if (restMs <= LEAD_MS) after(restMs, turn);
    else afterRest(restMs);
  }

  cancelNext = atTickAfter(CYCLE_MS, turn);

  return {
    read() {
      // What is open all the time would otherwise be told a cycle late.
      if (stopHooks !== null && windowMs === CYCLE_MS) bookMeasured(1);
      return routes;
    },
    stop() {
      cancelNext();
      unhook();
    },
  };
}
