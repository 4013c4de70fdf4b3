/** The schema takes no values from `api/`. */
export const NS_PER_MS = 1e6;
export const MS_PER_MINUTE = 60_000;
