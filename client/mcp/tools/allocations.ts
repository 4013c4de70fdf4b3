import { bytesText } from '../../../api/base/text/bytes.ts';
import type { Pprof } from '../../methods/target-methods.ts';
import { countText, msText, percentText, stackText } from '../text.ts';
import { defineTool, rows, ToolError } from './tool.ts';

type Row = NonNullable<Pprof['inuseAllocations']>[number];

export const allocations = defineTool({
  name: 'allocations',
  description:
    'Which stacks hold memory in the JavaScript heap, or have allocated most of it, by sampling; and the figures of memory as a whole. Reads the heap where the pause budget allows it, else answers with the last read.',
  properties: {
    by: {
      type: 'string',
      enum: ['live', 'total'],
      default: 'live',
      description: '`live`: what is held now. `total`: all that was allocated, freed since or not.',
    },
    limit: rows(50, 10),
  },
  isReadOnly: true,
  async answer(target, { by, limit }, signal) {
    const pprof = await target.pprof({ signal });
    const { memory, allocationProfile: profile, unavailable } = pprof;
    const field = by === 'live' ? 'inuseAllocations' : 'topAllocations';
    const table = pprof[field];
    if (table === null) {
      const reason = unavailable.find((each) => each.field === field)?.reason;
      throw new ToolError('UNAVAILABLE', reason ?? 'this target does not tell it');
    }
    const read = profile === null ? '' : `, read ${msText(profile.ageMs)} ago`;
    return [
      `Heap used ${known(memory.alloc)} of ${known(memory.heapLimit)} at most, buffers ${known(memory.arrayBuffers)}, resident ${known(memory.sys)}.`,
      `${by === 'live' ? 'Live' : 'Ever allocated'}, by stack (${countText(table.length, 'stack')} known${read}):`,
      ...table.slice(0, limit).map(lineOf),
    ];
  },
});

const known = (bytes: number | null) => (bytes === null ? 'unknown' : bytesText(bytes));

function lineOf({ bytes, marginBytes, count, retention, frames }: Row): string {
  const margin = marginBytes === null ? '' : ` ±${bytesText(marginBytes)}`;
  const kept = retention === null ? '' : `, ${percentText(retention * 100)} of it still live`;
  const objects = count === null ? '' : `, ${countText(Math.round(count), 'object')}`;
  return `≈${bytesText(bytes)}${margin}${objects}${kept}: ${stackText(frames)}`;
}
