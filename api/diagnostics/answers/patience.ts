/** Who would get nothing waits for so long, since most of what holds a thread is over by then. */
export const FIRST_ANSWER_PATIENCE_MS = 5_000;
