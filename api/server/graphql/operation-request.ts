/** What the plugins of yoga know of one operation besides its document. */
import type { Reader } from '../load/readers.ts';
import type { Accepted } from './accept.ts';

/** What a transport says about one operation. */
export interface OperationRequest {
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Over HTTP: who asks, and what of it is to be sent as events. */
  http?: { reader: Reader; events: Accepted['events'] };
}

export interface OperationParams {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}
