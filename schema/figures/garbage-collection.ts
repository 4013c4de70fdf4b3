import type { GcFigures } from '../../api/analyzers/figures.ts';
import type { GcKind, GcPauses } from '../../api/probe/process/gc-observer.ts';
import { builder } from '../builder.ts';
import { NS_PER_MS } from '../units.ts';

type KindPauses = GcPauses & { kind: GcKind };

const GcKindEnum = builder.enumType('GcKind', {
  description: 'Kinds of garbage collection in V8.',
  values: {
    MINOR: { value: 'minor', description: 'Scavenge of the young generation: frequent and short.' },
    MAJOR: {
      value: 'major',
      description: 'Mark and compact of the whole heap; every collection of Go.',
    },
    INCREMENTAL: { value: 'incremental', description: 'A slice of incremental marking.' },
    WEAK_CALLBACKS: { value: 'weakCallbacks', description: 'Processing of weak references.' },
  } as const,
});

const GcKindPausesType = builder.objectRef<KindPauses>('GcKindPauses').implement({
  description: 'Pauses of one kind of collection in the current interval of the metrics history.',
  fields: (t) => ({
    kind: t.field({
      type: GcKindEnum,
      description: 'Which collections are counted here.',
      resolve: (pauses) => pauses.kind,
    }),
    count: t.exposeInt('count', { description: 'Collections of this kind in the interval.' }),
    totalMs: t.float({
      description:
        'All pauses of collections of this kind in the interval together, in milliseconds.',
      resolve: (pauses) => pauses.totalNs / NS_PER_MS,
    }),
    maxMs: t.float({
      description:
        'Longest pause of a collection of this kind in the interval, in milliseconds; 0 for none.',
      resolve: (pauses) => pauses.maxNs / NS_PER_MS,
    }),
  }),
});

export const GarbageCollectionType = builder.objectRef<GcFigures>('GarbageCollection').implement({
  description:
    'Garbage collection in the current interval of the metrics history, as `perf_hooks` reports it.',
  fields: (t) => ({
    count: t.exposeInt('count', {
      nullable: true,
      deprecationReason: 'It is `numGc` of `RuntimeStats`.',
      description:
        'Collections of all kinds since pprofql started. Null for files that do not tell it.',
    }),
    lastPauseMs: t.float({
      nullable: true,
      deprecationReason: 'It is `gcPauseNs` of `RuntimeStats`.',
      description: 'Pause of the last collection, in milliseconds; null before the first.',
      resolve: (gc) => (gc.lastPauseNs === null ? null : gc.lastPauseNs / NS_PER_MS),
    }),
    interval: t.field({
      type: [GcKindPausesType],
      description:
        'Pauses in the current interval of the metrics history, one entry for each kind of collection.',
      resolve: (gc) =>
        Object.entries(gc.interval).map(([kind, pauses]) => ({ kind: kind as GcKind, ...pauses })),
    }),
  }),
});
