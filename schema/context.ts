import type { TargetedDiagnostics } from '../api/targets/target.ts';

/** What every resolver is given: the live object, and of the transport only whether it still listens. */
export interface SchemaContext {
  diagnostics: TargetedDiagnostics;
  /** Fires when nobody waits for the operation any more. */
  signal?: AbortSignal;
}
