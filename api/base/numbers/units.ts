/** How many of one unit make another. */
export const NS_PER_US = 1_000;
export const NS_PER_MS = 1e6;
export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1e6;
export const MS_PER_SECOND = 1_000;
export const MS_PER_MINUTE = 60_000;
export const SECONDS_PER_MINUTE = 60;
export const MINUTES_PER_HOUR = 60;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;
export const BYTES_PER_MIB = 1024 ** 2;
