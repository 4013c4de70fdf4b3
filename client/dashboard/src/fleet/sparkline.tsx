import { memo } from 'react';

const WIDTH_PX = 64;
const HEIGHT_PX = 16;

interface SparklineProps {
  /** Oldest first; null where one is not known. */
  values: readonly (number | null)[];
  /** At the upper edge at least, so that noise does not look like a mountain. */
  leastTop: number;
}

/** The last minutes of a figure, beside its number, which says it. */
export const Sparkline = memo(
  function Sparkline({ values, leastTop }: SparklineProps) {
    const top = Math.max(leastTop, ...values.map((value) => value ?? 0));
    const stepPx = values.length > 1 ? WIDTH_PX / (values.length - 1) : 0;
    const points = values.flatMap((value, at) =>
      value === null
        ? []
        : [
            `${(at * stepPx).toFixed(1)},${(HEIGHT_PX - 1 - (value / top) * (HEIGHT_PX - 2)).toFixed(1)}`,
          ],
    );
    return (
      <svg className="sparkline" width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true">
        {points.length > 1 && <polyline points={points.join(' ')} />}
      </svg>
    );
  },
  (before, now) => before.leastTop === now.leastTop && before.values.join() === now.values.join(),
);
