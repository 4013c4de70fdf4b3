interface Unavailable {
  field: string;
  reason: string;
}

/** What the memory section shows, as `pprof.unavailable` names it. */
const FIELDS = ['topAllocations', 'inuseAllocations', 'allocationProfile'];

/** Why allocations are not shown: each reason once, with all the fields it keeps from being shown. */
export function reasonsOf(
  unavailable: readonly Unavailable[],
): { reason: string; fields: string[] }[] {
  const missing = unavailable.filter(({ field }) => FIELDS.includes(field));
  const byReason = Map.groupBy(missing, ({ reason }) => reason);
  return [...byReason].map(([reason, entries]) => ({
    reason,
    fields: entries.map(({ field }) => field),
  }));
}
