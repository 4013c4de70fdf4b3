import { DiagnosticsError } from '../errors.ts';

export function stoppedError(): DiagnosticsError {
  return new DiagnosticsError('STOPPED', 'pprofql has been stopped in this process');
}
