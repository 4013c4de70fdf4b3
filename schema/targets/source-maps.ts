import type { SourceMapFailure, SourceMapStatus } from '../../api/source-maps/source-maps.ts';
import { builder } from '../builder.ts';
import { targetField, targetOf } from './target-field.ts';

const SourceMapFailureType = builder.objectRef<SourceMapFailure>('SourceMapFailure').implement({
  description: 'A script that is shown as compiled although it names a source map.',
  fields: (t) => ({
    file: t.exposeString('file', { description: 'Path of the script.' }),
    reason: t.exposeString('reason', {
      description: 'Why the source map of the script cannot be used.',
    }),
  }),
});

const SourceMapsType = builder.objectRef<SourceMapStatus>('SourceMaps').implement({
  description:
    'How places in compiled code are brought to where the code was written. The map of a script is read from disk when one of its places is first shown, off the observed thread; what has none is shown as compiled, as are installed packages.',
  fields: (t) => ({
    enabled: t.exposeBoolean('enabled', {
      description:
        'Whether source maps are used; false with the option `sourceMaps: false` or `PPROFQL_SOURCE_MAPS=off`.',
    }),
    mappedFiles: t.exposeInt('mappedFiles', { description: 'Scripts whose map is in use.' }),
    memoryBytes: t.exposeFloat('memoryBytes', {
      description: 'About what the maps take in memory, in bytes.',
    }),
    memoryLimitBytes: t.exposeFloat('memoryLimitBytes', {
      description: 'Bytes that source maps may take at most; 0 where they are switched off.',
    }),
    evictions: t.exposeInt('evictions', {
      description: 'Source maps that gave way to others, and are read again when needed.',
    }),
    latePlaces: t.exposeFloat('latePlaces', {
      description:
        'Frames that were shown as compiled because their map was not read in time; the next answer has it.',
    }),
    failureCount: t.exposeInt('failureCount', {
      description: 'Scripts that name a map which cannot be used.',
    }),
    failures: t.field({
      type: [SourceMapFailureType],
      description:
        'The latest 100 scripts that name a source map which cannot be used, newest first.',
      resolve: ({ failures }) => failures,
    }),
  }),
});

targetField('sourceMaps', (t) =>
  t.field({
    type: SourceMapsType,
    nullable: true,
    description: 'The state of the source maps; null where the target has none, as Go.',
    resolve: (view, _args, context) => targetOf(view, context).sourceMaps?.() ?? null,
  }),
);
