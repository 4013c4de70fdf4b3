/**
 * Holds a few answered requests of the program while garbage is collected. V8 throws optimized code away as soon as no
 * object of a shape lives that the code was made for, and between two requests none of theirs does: the program
 * would go back to slow code, and compile the hot half of its server anew.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { harmless } from '../../base/harmless.ts';
import { clearTimeout, setTimeout, threadClockMs } from '../../base/own-time.ts';

export interface Specimens {
  /** Does the work, which collects garbage, as soon as some are held. Rejects as the work does. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** What tells of a request that is over, with its objects: as server, and as client. */
const CHANNELS = ['http.server.response.finish', 'http.client.response.finish'];
/** Of several routes, if the program has them. */
const ENOUGH = 16;
/** Of one route, with what another one is answered from meanwhile. */
const FEWEST = 4;
/** Enough of a busy program; for one that nobody asks, code that it does not need is no loss. */
const PATIENCE_MS = 60;
/** For the fewest: of a program that gets little of a core, none may end sooner. */
const LONGEST_PATIENCE_MS = 300;
/** No request for so long: none is waited for. */
const LATELY_MS = 1_000;

/** @param lastBegunMs when a request last began, on the clock of the thread */
export function createSpecimens(lastBegunMs: () => number): Specimens {
  return {
    async during(work) {
      const isQuiet = threadClockMs() - lastBegunMs() > LATELY_MS;
      if (isQuiet) return await work();
      const held = await gather();
      try {
        return await work();
      } finally {
        held.length = 0;
      }
    },
  };
}

/** The requests that end next. */
function gather(): Promise<unknown[]> {
  const held: unknown[] = [];
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(patience);
      for (const channel of CHANNELS) unsubscribe(channel, onEnd);
      resolve(held);
    };
    let enough = ENOUGH;
    const onEnd = harmless((message: unknown) => {
      held.push(message);
      if (held.length === enough) done();
    });
    const settleForFew = () => {
      enough = FEWEST;
      if (held.length >= enough) done();
      else patience = setTimeout(done, LONGEST_PATIENCE_MS - PATIENCE_MS).unref();
    };
    let patience = setTimeout(settleForFew, PATIENCE_MS).unref();
    for (const channel of CHANNELS) subscribe(channel, onEnd);
  });
}
