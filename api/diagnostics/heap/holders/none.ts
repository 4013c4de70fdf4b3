import { DiagnosticsError } from '../../../base/errors.ts';
import type { HolderSearches } from './types.ts';

/** For what is no Node process of ours. */
export function noHolderSearches(reason: string): HolderSearches {
  const refuse = async () => {
    throw new DiagnosticsError('UNAVAILABLE', reason);
  };
  return {
    estimate: refuse,
    find: refuse,
    prove: refuse,
    running: () => null,
    cancel: () => false,
    last: () => null,
    noteRows: () => {},
    stackOfRow: () => null,
    stop: () => {},
  };
}
