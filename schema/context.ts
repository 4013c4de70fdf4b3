import type { Diagnostics } from '../api/diagnostics/types.ts';

/** What every resolver is given: the live object, and of the transport only whether it still listens. */
export interface SchemaContext {
  diagnostics: Diagnostics;
  /** Fires when nobody waits for the operation any more. */
  signal?: AbortSignal;
}
