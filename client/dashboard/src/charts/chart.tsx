import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { bandsOf, type Point } from '../live/series.ts';
import { formatClock } from '../shared/format.ts';
import { DARK, useMedia } from '../state/hooks.ts';
import type { Plot } from './plots.ts';
import type { TimeWindow } from './time-window.ts';
import { moveSharedCursor, uplotOptions } from './uplot-options.ts';

interface ChartProps {
  plot: Plot;
  points: readonly Point[];
  window: TimeWindow;
  isHighlighted: boolean;
  onSelect: (fromMs: number, toMs: number) => void;
}

export function Chart({ plot, points, window, isHighlighted, onSelect }: ChartProps) {
  const hostRef = useRef<HTMLDivElement>(null);
  const chartRef = useRef<uPlot>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const isDark = useMedia(DARK);
  const titleId = useId();

  const bands = useMemo(() => bandsOf(points), [points]);
  const latest = useRef({ bands, onSelect });
  latest.current = { bands, onSelect };

  // A target told late, or again, changes how lines are read: that needs no new canvas, which would lose the cursor.
  const drawn = [plot.id, ...plot.lines.map((line) => line.label)].join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the canvas takes its lines and colors when it is made
  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const options = uplotOptions(plot, host, {
      hovered: setHovered,
      selected: (fromMs, toMs) => latest.current.onSelect(fromMs, toMs),
      bands: () => latest.current.bands,
    });
    const chart = new uPlot(options, [[], ...plot.lines.map(() => [])], host);
    chartRef.current = chart;
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: host.clientWidth, height: host.clientHeight }),
    );
    observer.observe(host);
    return () => {
      observer.disconnect();
      chart.destroy();
      chartRef.current = null;
    };
  }, [drawn, isDark]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new canvas needs its data again
  useEffect(() => {
    const chart = chartRef.current;
    if (chart === null) return;
    chart.batch(() => {
      chart.setData(
        [points.map((point) => point.timeMs), ...plot.lines.map((line) => points.map(line.read))],
        false,
      );
      chart.setScale('x', { min: window.fromMs, max: window.toMs });
    });
  }, [plot, points, window.fromMs, window.toMs, isDark]);

  function moveCursor(event: KeyboardEvent): void {
    const next = nextIndex(event.key, hovered, points.length);
    const chart = chartRef.current;
    const point = next === null ? undefined : points[next];
    if (chart === null || point === undefined) return;
    event.preventDefault();
    moveSharedCursor(chart, point.timeMs);
  }

  function leaveCursor(): void {
    if (chartRef.current !== null) moveSharedCursor(chartRef.current, null);
  }

  const shown = points[hovered ?? points.length - 1];
  const isSilent = shown !== undefined && !shown.responding;
  return (
    <section
      className={isHighlighted ? 'card chart is-highlighted' : 'card chart'}
      aria-labelledby={titleId}
      id={`chart-${plot.id}`}
    >
      <header className="chart-head">
        <h3 id={titleId} title={plot.meaning}>
          {plot.title}
        </h3>
        <span className="chart-time">
          {hovered !== null && shown !== undefined && formatClock(shown.timeMs)}
          {isSilent && <span className="tag tag-critical">not answering</span>}
          {shown?.profiling && <span className="tag tag-warning">profiled</span>}
        </span>
      </header>
      <dl className="chart-values">
        {plot.lines.map((line) => (
          <div key={line.label}>
            <dt>
              <Swatch color={line.color} />
              {line.label}
            </dt>
            <dd>{valueText(plot, shown && line.read(shown))}</dd>
          </div>
        ))}
      </dl>
      <div
        ref={hostRef}
        className="chart-canvas"
        role="slider"
        tabIndex={0}
        aria-label={`${plot.title}. ${plot.meaning} Arrow keys move through the points.`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, points.length - 1)}
        aria-valuenow={hovered ?? Math.max(0, points.length - 1)}
        aria-valuetext={spokenValues(plot, shown)}
        onKeyDown={moveCursor}
        onBlur={leaveCursor}
      />
    </section>
  );
}

function Swatch({ color }: { color: string }) {
  return <i className="swatch" style={{ background: `var(${color})` }} aria-hidden="true" />;
}

function valueText(plot: Plot, value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : plot.format(value);
}

function spokenValues(plot: Plot, point: Point | undefined): string {
  if (point === undefined) return 'no points yet';
  const values = plot.lines.map((line) => `${line.label} ${valueText(plot, line.read(point))}`);
  return `${formatClock(point.timeMs)}: ${values.join(', ')}`;
}

/** Where the cursor goes by this key; null where the key means nothing here. */
function nextIndex(key: string, current: number | null, length: number): number | null {
  const last = length - 1;
  const from = current ?? last;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
