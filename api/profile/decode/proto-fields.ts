/** Field numbers of profile.proto that reading and writing share. */
export const PROFILE = {
  SAMPLE_TYPE: 1,
  SAMPLE: 2,
  MAPPING: 3,
  LOCATION: 4,
  FUNCTION: 5,
  STRING: 6,
  TIME_NANOS: 9,
  DURATION_NANOS: 10,
  PERIOD_TYPE: 11,
  PERIOD: 12,
  COMMENT: 13,
  DEFAULT_SAMPLE_TYPE: 14,
} as const;

/** The file of what runs without one: functions of the engine, its collector. Empty, readers show `:0`. */
export const BUILTIN_FILE = '<builtin>';

export const VALUE_TYPE = { TYPE: 1, UNIT: 2 } as const;
