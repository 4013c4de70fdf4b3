import type { Observation } from '../api/diagnostics/answers/observation.ts';
import type { UnavailableField } from '../api/diagnostics/pprof.ts';
import { builder } from './builder.ts';

const ReadingSource = builder.enumType('ReadingSource', {
  description: 'How figures were obtained from the observed thread.',
  values: {
    DIRECT: { description: 'Read on the same thread (mounted in an existing server): fresh.' },
    PORT: { description: 'The observed thread answered over its message port: fresh.' },
    INSPECTOR: {
      description:
        'The event loop of the observed thread is stuck: its running JavaScript was interrupted for the read. Fresh.',
    },
    HTTP: {
      description: 'A target was asked over HTTP, or over the engine of a fleet: fresh.',
    },
    FILE: { description: 'Read from a file: as old as that is.' },
    LAST_KNOWN: {
      description:
        'The observed thread, or the target, did not answer in time (busy, blocked or dead): this is the last that it gave.',
    },
  },
});

export const ObservationType = builder.objectRef<Observation>('Observation').implement({
  description: 'How and when figures were obtained from the observed thread.',
  fields: (t) => ({
    via: t.field({
      type: ReadingSource,
      description: 'Which way the observed thread was reached.',
      resolve: (observation) => observation.via,
    }),
    measuredAt: t.field({
      type: 'DateTime',
      description: 'When the observed thread took the figures.',
      resolve: (observation) => observation.measuredAtMs,
    }),
    ageMs: t.float({
      description: 'Milliseconds since `measuredAt`; large only with `LAST_KNOWN` and `FILE`.',
      resolve: (observation) => Math.max(0, Date.now() - observation.measuredAtMs),
    }),
  }),
});

export const UnavailableFieldType = builder
  .objectRef<UnavailableField>('UnavailableField')
  .implement({
    description: 'A field that is null here, and why.',
    fields: (t) => ({
      field: t.exposeString('field', {
        description: 'Name of the field, such as `topAllocations`.',
      }),
      reason: t.exposeString('reason', {
        description: 'Why the field is null, and what would make it available, in one sentence.',
      }),
    }),
  });
