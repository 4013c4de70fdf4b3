import type { CpuFunctionFragment } from '../../generated/graphql.ts';
import { location, ORIGIN_NAMES, originOf, shortFile } from '../shared/frames.ts';

/** A function and where it is written. */
export function FunctionPlace({ row, cwd }: { row: CpuFunctionFragment; cwd: string }) {
  const origin = originOf(row);
  return (
    <span className="place">
      <span className={`dot dot-${origin}`} title={ORIGIN_NAMES[origin]} />
      <span className="place-function">{row.function}</span>
      <span className="frame-place" title={location(row)}>
        {row.file === '' ? 'native' : `${shortFile(row.file, cwd)}:${row.line}`}
      </span>
    </span>
  );
}
