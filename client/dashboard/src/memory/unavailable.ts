interface Unavailable {
  field: string;
  reason: string;
}

/** Each reason once, with all the fields it keeps from being shown. */
export function reasonsOf(
  unavailable: readonly Unavailable[],
): { reason: string; fields: string[] }[] {
  const byReason = Map.groupBy(unavailable, ({ reason }) => reason);
  return [...byReason].map(([reason, entries]) => ({
    reason,
    fields: entries.map(({ field }) => field),
  }));
}
