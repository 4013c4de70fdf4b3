import type { CpuFunctionFragment } from '../../../generated/graphql.ts';
import { FramePlace } from '../../frames/frame-place.tsx';
import { ORIGIN_NAMES, originOf } from '../../frames/frames.ts';
import { PprofqlTag } from '../../frames/pprofql-tag.tsx';

/** A function and where it is written. */
export function FunctionPlace({ row }: { row: CpuFunctionFragment }) {
  const origin = originOf(row);
  return (
    <span className="place">
      <span className={`dot dot-${origin}`} title={ORIGIN_NAMES[origin]} />
      <span className="place-function">{row.function}</span>
      {row.isPprofql && <PprofqlTag />}
      <FramePlace frame={row} />
    </span>
  );
}
