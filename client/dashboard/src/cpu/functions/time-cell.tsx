import { formatDuration, formatPercent } from '../../shared/format.ts';

interface TimeCellProps {
  /** Name of the column, for narrow screens. */
  label: string;
  ms: number;
  /** Share of the busy time, 0 to 100. */
  percent: number;
}

/** Time and its share of the whole, with a bar for the share. */
export function TimeCell({ label, ms, percent }: TimeCellProps) {
  return (
    <td className="num" data-label={label}>
      <i className="bar" style={{ width: `${percent}%` }} aria-hidden="true" />
      {formatDuration(ms)} <span className="muted cpu-percent">{formatPercent(percent)}</span>
    </td>
  );
}
