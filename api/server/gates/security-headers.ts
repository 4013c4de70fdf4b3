/** Headers that tell a browser how little these answers may do. */

import type { OutgoingHttpHeaders } from 'node:http';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

const LOCKED_DOWN =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Live data: never stored, never rendered as a page. */
export function apiHeaders(): OutgoingHttpHeaders {
  return { ...EVERYWHERE, 'content-security-policy': LOCKED_DOWN, 'cache-control': 'no-store' };
}

/** How old an answer is, in whole seconds, where it was read some time ago: HTTP's own word for it. */
export function ageHeader(measuredAtMs: number | undefined): OutgoingHttpHeaders {
  if (measuredAtMs === undefined) return {};
  const ageMs = Math.max(0, Date.now() - measuredAtMs);
  return { age: String(Math.floor(ageMs / MS_PER_SECOND)) };
}

/** The dashboard: its own files, and requests to this server alone. */
export function pageHeaders(): OutgoingHttpHeaders {
  const policy = [
    LOCKED_DOWN,
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
  ].join('; ');
  return { ...EVERYWHERE, 'content-security-policy': policy };
}

/**
 * GraphiQL's page: inline scripts, admitted by their nonce, which build editor workers from blobs
 * and styles at run time. It may connect to this server alone.
 */
export function graphiqlHeaders(nonce: string): OutgoingHttpHeaders {
  const policy = [
    LOCKED_DOWN,
    `script-src 'nonce-${nonce}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
  ].join('; ');
  return { ...EVERYWHERE, 'content-security-policy': policy, 'cache-control': 'no-store' };
}
