/** A stretch of time, on whichever clock. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** What two have in common. */
export function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}
