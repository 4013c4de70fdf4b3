import { useMemo, useState } from 'react';
import { PreviousRun } from '../health/previous-run.tsx';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { useProcess } from '../live/process.tsx';
import { PartTables } from '../parts/part-tables.tsx';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatClock } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { StallList } from '../stalls/stall-list.tsx';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import { Chart } from './chart.tsx';
import { missingPlots, type Plot, plotsFor } from './plots.ts';
import { pointsWithin, RANGES, type Range, type TimeWindow, windowOf } from './time-window.ts';

const RANGE_NAMES: Record<Range, string> = {
  '1m': '1 min',
  '5m': '5 min',
  '15m': '15 min',
  '1h': '1 h',
  all: 'All',
};

/** Of one start of the process: another start has no points in it. */
interface Zoom extends TimeWindow {
  instanceId: string | null;
}

export function OverviewSection() {
  const { feed, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const series = useFrozen(useStore(feed.series), isFrozen);
  const [range, setRange] = useUrlChoice('overview.range', RANGES, '5m');
  const [highlighted] = useUrlParam('overview.chart', '');
  const { plots, missing } = usePlots();
  const [chosenZoom, setZoom] = useState<Zoom | null>(null);
  const { instanceId } = series;
  const zoom = chosenZoom?.instanceId === instanceId ? chosenZoom : null;

  const window = zoom ?? windowOf(series.points, range);
  const { fromMs, toMs } = window;
  const points = useMemo(
    () => pointsWithin(series.points, { fromMs, toMs }),
    [series.points, fromMs, toMs],
  );

  function choose(next: Range): void {
    setZoom(null);
    setRange(next);
  }

  if (series.points.length === 0) {
    return (
      <EmptyState title="No figures yet">
        The first point arrives within a moment of the connection.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="toolbar">
        <Segmented
          label="Range"
          options={RANGES.map((value) => ({ value, label: RANGE_NAMES[value] }))}
          value={zoom === null ? range : null}
          onChange={choose}
        />
        {zoom !== null && (
          <button type="button" onClick={() => setZoom(null)}>
            Leave zoom {formatClock(zoom.fromMs)}–{formatClock(zoom.toMs)}
          </button>
        )}
        <p className="hint">
          Drag in a chart to zoom.
          {points.some((point) => !point.responding) && ' Red: the process did not answer.'}
          {points.some((point) => point.profiling) && ' Amber: it was being profiled.'}
        </p>
      </div>
      <div className="chart-grid">
        {plots.map((plot) => (
          <Chart
            key={plot.id}
            plot={plot}
            points={points}
            window={window}
            isHighlighted={plot.id === highlighted}
            onSelect={(from, to) => setZoom({ fromMs: from, toMs: to, instanceId })}
          />
        ))}
      </div>
      {missing.map(({ title, reason }) => (
        <p key={title} className="hint">
          No chart of {title}: {reason}.
        </p>
      ))}
      <PreviousRun />
      <PartTables />
      <StallList />
      {series.lostPoints > 0 && (
        <p className="hint">
          {series.lostPoints} points are missing: the page was away for longer than the server keeps
          them.
        </p>
      )}
    </>
  );
}

function usePlots(): { plots: Plot[]; missing: { title: string; reason: string }[] } {
  const kind = useTarget()?.kind ?? null;
  const unavailable = useProcess()?.pprof.unavailable;
  return useMemo(() => {
    const known = unavailable ?? [];
    return { plots: plotsFor(known, kind), missing: missingPlots(known, kind) };
  }, [unavailable, kind]);
}
