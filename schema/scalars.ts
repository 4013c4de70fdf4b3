import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'A moment in UTC with milliseconds, as RFC 3339: `2026-01-31T12:00:00.000Z`.',
  serialize: (epochMs) => new Date(epochMs).toISOString(),
  parseValue: (value) => {
    const epochMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(epochMs))
      throw new TypeError(`DateTime cannot represent ${JSON.stringify(value)}`);
    return epochMs;
  },
});
