/** A defect, in full: the log is the only place where its details are to be seen. */
export type Log = (message: string) => void;

export function logUnexpected(error: unknown, log: Log): void {
  log(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);
}
