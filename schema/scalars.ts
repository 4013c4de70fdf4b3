import { builder } from './builder.ts';

/** The DateTime of graphql.org, which RFC 3339 in UTC is a narrower form of. */
const SPECIFICATION = 'https://scalars.graphql.org/andimarek/date-time';

builder.scalarType('DateTime', {
  specifiedByURL: SPECIFICATION,
  description: 'A moment in UTC with milliseconds, as RFC 3339: `2026-01-31T12:00:00.000Z`.',
  serialize: (epochMs) => new Date(epochMs).toISOString(),
  parseValue: (value) => {
    const epochMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(epochMs))
      throw new TypeError(`DateTime cannot represent ${JSON.stringify(value)}`);
    return epochMs;
  },
});
