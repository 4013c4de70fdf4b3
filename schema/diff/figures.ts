import type { FigureDiff } from '../../api/analyzers/diff/figures.ts';
import { builder } from '../builder.ts';

export const FigureDiffType = builder.objectRef<FigureDiff>('FigureDiff').implement({
  description: 'Figures of the process at the later moment minus those at the base.',
  fields: (t) => ({
    elapsedMs: t.exposeFloat('elapsedMs', {
      description:
        'Milliseconds from the base to the later moment; negative where they are swapped.',
    }),
    alloc: t.exposeFloat('heapUsedBytes', {
      nullable: true,
      description:
        'Change in bytes of live and not yet collected objects from the base to the later moment. Null where a file does not tell them.',
    }),
    heapInuse: t.exposeFloat('heapTotalBytes', {
      nullable: true,
      description:
        'Change in bytes that V8 has committed for the heap from the base to the later moment. Null where a file does not tell them.',
    }),
    external: t.exposeFloat('externalBytes', {
      nullable: true,
      description:
        'Change in bytes outside the heap that JavaScript objects hold, buffers included, from the base to the later moment. Null for Go.',
    }),
    arrayBuffers: t.exposeFloat('arrayBuffersBytes', {
      nullable: true,
      description:
        'Change in bytes of `ArrayBuffer`s and `Buffer`s, part of `external`, from the base to the later moment. Null for Go.',
    }),
    sys: t.exposeFloat('rssBytes', {
      nullable: true,
      description:
        'Change in bytes of memory that the whole process holds (resident set) from the base to the later moment. Null where a file does not tell them.',
    }),
    totalAlloc: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes allocated on the heap between the two moments, freed ones included. Null where this V8 does not count them.',
    }),
    cpuSeconds: t.exposeFloat('cpuSeconds', {
      nullable: true,
      description:
        'CPU time of the whole process between the two moments, in seconds, all threads together. Null where a target does not tell.',
    }),
    usagePercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'CPU use of the whole process between the two moments, in percent of one core: 0 to 100 times the number of cores. Null where a target does not tell.',
    }),
    numGc: t.exposeInt('gcCount', {
      nullable: true,
      description:
        'Garbage collections between the two moments. Null where a file does not tell them.',
    }),
  }),
});
