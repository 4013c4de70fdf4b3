/** A defect, in full: the log is the only place where its details are to be seen. */
export type Log = (message: string) => void;

/** Different messages that are told in all. */
const MOST_TOLD = 100;

/** Tells each message once: stderr is the program's, and a query that fails is asked again and again. */
export function withoutRepeats(log: Log, mostTold = MOST_TOLD): Log {
  const told = new Set<string>();
  return (message) => {
    // The stack below may differ each time.
    const [what = ''] = message.split('\n', 1);
    if (told.has(what) || told.size >= mostTold) return;
    told.add(what);
    log(message);
  };
}

export function logUnexpected(error: unknown, log: Log): void {
  log(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);
}
