import type { Diagnostics } from '../api/diagnostics/types.ts';

/** What every resolver is given: the live object, and nothing of the transport. */
export interface SchemaContext {
  diagnostics: Diagnostics;
}
