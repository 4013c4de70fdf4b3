/** How uPlot draws one of our charts. */

import type uPlot from 'uplot';
import { MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from '../../../../api/base/numbers/units.ts';
import type { Band } from '../live/series.ts';
import { formatClock, formatMinute } from '../shared/format.ts';
import { cssColor } from './css-color.ts';
import type { Plot } from './plots.ts';

/** Charts with the same key share their cursor. */
const SYNC_KEY = 'pprofql';
/** Outside of every chart. */
const AWAY_PX = -10;
const X_AXIS_PX = 26;
const Y_AXIS_PX = 58;
const X_TICK_SPACE_PX = 62;
/** A label that begins nearer to the edge would be cut off. */
const LABEL_MARGIN_PX = 18;
const Y_TICK_SPACE_PX = 34;
/** Distances between two ticks of the time axis that people can read. */
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * MS_PER_SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MS_PER_MINUTE),
  ...[1, 2, 4, 6, 12, 24].map((hours) => hours * MS_PER_HOUR),
];
/** Nobody has half a task. */
const COUNT_STEPS = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((step) => [
  step,
  step * 2,
  step * 5,
]);
const FONT = '11px ui-sans-serif, system-ui, sans-serif';

export interface ChartEvents {
  /** @param index of the point under the cursor; null when it left */
  hovered(index: number | null): void;
  /** A stretch was selected by dragging, in milliseconds. */
  selected(fromMs: number, toMs: number): void;
  /** The stretches to mark, asked for at every drawing. */
  bands(): readonly Band[];
}

const isSinglePoint: uPlot.Series.Points.Show = (_chart, _series, first, last) => first === last;

export function uplotOptions(plot: Plot, host: HTMLElement, events: ChartEvents): uPlot.Options {
  const color = (property: string) => cssColor(host, property);
  const bandColors = { silent: color('--band-silent'), profiled: color('--band-profiled') };
  const axis = {
    stroke: color('--ink-3'),
    font: FONT,
    grid: { stroke: color('--grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    ms: 1,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      sync: { key: SYNC_KEY, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: false,
    },
    scales: {
      x: { time: true },
      y: { range: (_chart, _min, max) => [0, Math.max(plot.smallestMax, (max ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS_PX,
        space: X_TICK_SPACE_PX,
        incrs: TIME_STEPS_MS,
        values: (chart, ticks, _axis, _space, stepMs) =>
          ticks.map((tick) => {
            if (chart.valToPos(tick, 'x') > chart.over.clientWidth - LABEL_MARGIN_PX) return '';
            return stepMs < MS_PER_MINUTE ? formatClock(tick) : formatMinute(tick);
          }),
        grid: { show: false },
      },
      {
        ...axis,
        size: Y_AXIS_PX,
        space: Y_TICK_SPACE_PX,
        incrs: plot.isCount ? COUNT_STEPS : undefined,
        values: (_chart, ticks) => ticks.map((tick) => (tick === 0 ? '0' : plot.format(tick))),
      },
    ],
    series: [
      {},
      ...plot.lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        fill: line.isFilled ? color(`${line.color}-fill`) : undefined,
        width: line.isFilled ? 2 : 1.25,
        // A line needs two points; a single one is shown as such.
        points: { show: isSinglePoint },
        spanGaps: false,
      })),
    ],
    hooks: {
      drawClear: [(chart) => drawBands(chart, events.bands(), bandColors)],
      setCursor: [(chart) => events.hovered(chart.cursor.idx ?? null)],
      setSelect: [(chart) => reportSelection(chart, events)],
    },
  };
}

function drawBands(
  chart: uPlot,
  bands: readonly Band[],
  colors: Record<Band['kind'], string>,
): void {
  const { left, top, width, height } = chart.bbox;
  chart.ctx.save();
  for (const band of bands) {
    const from = Math.max(left, chart.valToPos(band.fromMs, 'x', true));
    const to = Math.min(left + width, chart.valToPos(band.toMs, 'x', true));
    chart.ctx.fillStyle = colors[band.kind];
    if (to > from) chart.ctx.fillRect(from, top, to - from, height);
  }
  chart.ctx.restore();
}

/**
 * Moves the cursor of this chart and of all others, as the mouse does.
 * @param timeMs null takes the cursor away
 */
export function moveSharedCursor(chart: uPlot, timeMs: number | null): void {
  const left = timeMs === null ? AWAY_PX : chart.valToPos(timeMs, 'x');
  const top = timeMs === null ? AWAY_PX : 0;
  // The declaration lacks the last parameter: whether other charts hear of it.
  type SetCursor = (at: { left: number; top: number }, fires: boolean, publishes: boolean) => void;
  const setCursor: SetCursor = chart.setCursor;
  setCursor({ left, top }, true, true);
}

/** Shorter drags are clicks with an unsteady hand. */
const SHORTEST_DRAG_PX = 8;

function reportSelection(chart: uPlot, events: ChartEvents): void {
  const { left, width } = chart.select;
  if (width >= SHORTEST_DRAG_PX) {
    events.selected(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
  }
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
