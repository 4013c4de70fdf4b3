import type { MadeDiffRow } from '../../api/diagnostics/captures/outside-diff.ts';
import { builder } from '../builder.ts';
import { FrameType } from '../frame.ts';

export type OutsideRow = MadeDiffRow & { id: string };

export const OutsideDiffType = builder.objectRef<OutsideRow>('OutsideDiff').implement({
  description:
    'What one stack of the program made outside the heap, or the listeners that it added, of which more are kept than at the base.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'Identity of the row: no other row, target or type has it.',
    }),
    kind: t.exposeString('kind', {
      description:
        '`BUFFER`, `WORKER`, `LISTENER`, or what Node calls the handle: `TCPWRAP`, `Timeout`, `ZLIB`, `FILEHANDLE`, ….',
    }),
    countDelta: t.exposeFloat('countDelta', {
      description:
        'How many more of the kind are kept than at the base; an estimate where many are made, since only some of those are looked at.',
    }),
    bytesDelta: t.exposeFloat('bytesDelta', {
      nullable: true,
      description:
        'Bytes of buffers kept more than at the base, estimated from one sample for each 64 kB. Null for what is no buffer: nobody knows how much memory it holds.',
    }),
    marginBytes: t.exposeFloat('marginBytes', {
      nullable: true,
      description:
        'The true difference is within this many bytes of `bytesDelta` in 95 of 100 cases. Null for what is no buffer, where buffers were seen only since the base, and where a target does not tell it.',
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The call stack that made what is kept, top frame first.',
      resolve: ({ frames }) => [...frames],
    }),
  }),
});
