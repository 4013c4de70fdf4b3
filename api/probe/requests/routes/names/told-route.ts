/** The program's own word for the route of a request, asked for so that nothing it does harms the program. */

import type { IncomingMessage } from 'node:http';
import { math } from '../../../../base/numbers/math.ts';
import type { RouteOf } from '../../../../base/options/route-of.ts';
import { monotonicMs } from '../../../../base/own-time.ts';

/** Time that each call may take on average before it is no longer asked: it runs in the program's thread. */
const ALLOWED_MS_PER_CALL = 0.2;
const MOST_EXCESS_MS = 100;
const SHOWN_CHARACTERS = 100;

/**
 * What is no text is left out, what it throws is caught, and one that takes too long is not asked
 * again. Each is said once. Never throws.
 */
export function toldRoute(
  routeOf: RouteOf,
  log: (message: string) => void,
): (request: object) => string | null {
  const said = new Set<string>();
  let excessMs = 0;

  function sayOnce(kind: string, sentence = kind): void {
    if (said.has(kind)) return;
    said.add(kind);
    log(sentence);
  }

  return (request) => {
    if (excessMs > MOST_EXCESS_MS) return null;
    const startedMs = monotonicMs();
    try {
      const route: unknown = routeOf(request as IncomingMessage);
      if (typeof route === 'string') return route === '' ? null : route;
      if (route === null || route === undefined) return null;
      ignoreRejection(route);
      sayOnce('routeOf answers with something else than a text, which is left out');
    } catch (error) {
      sayOnce('threw', `routeOf threw, and is passed over where it does: ${messageOf(error)}`);
    } finally {
      excessMs = math.max(0, excessMs + monotonicMs() - startedMs - ALLOWED_MS_PER_CALL);
      if (excessMs > MOST_EXCESS_MS) sayOnce('routeOf takes too long, and is not asked any more');
    }
    return null;
  };
}

/** Nobody waits for the answer of an async function; if it fails, that must not end the program. */
function ignoreRejection(value: unknown): void {
  if (value instanceof Promise) Promise.prototype.then.call(value, undefined, () => {});
}

function messageOf(error: unknown): string {
  try {
    return String((error as Error).message).slice(0, SHOWN_CHARACTERS);
  } catch {
    return 'something without a message';
  }
}
