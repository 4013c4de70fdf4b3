/** How far a profile is. Pure. */

/** One that is being taken. */
export interface RunningProfile {
  id: string;
  startedAt: string;
  endsAt: string;
  /** 0 to 1. */
  progress: number;
}

export interface Progress {
  /** 0 to 1. */
  share: number;
  remainingMs: number;
}

/**
 * Counted on from when the server told, since the clocks of the two machines may differ.
 * Example: 0.5 of 10 s, told 2 s ago → 0.7, and 3 s to go.
 */
export function progressAt(
  { startedAt, endsAt, progress }: RunningProfile,
  toldAtMs: number,
  nowMs: number,
): Progress {
  const wholeMs = Date.parse(endsAt) - Date.parse(startedAt);
  if (wholeMs <= 0) return { share: 1, remainingMs: 0 };
  const share = Math.min(1, progress + Math.max(0, nowMs - toldAtMs) / wholeMs);
  return { share, remainingMs: (1 - share) * wholeMs };
}
