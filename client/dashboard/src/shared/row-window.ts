/** Which rows of a long list are in view, so that only those are drawn. */
import { type RefObject, useEffect, useState } from 'react';

/** Rows drawn beyond either edge, so that scrolling shows no blank. */
const OVERSCAN_PX = 600;
/** Scroll positions are rounded to this, so that not every pixel draws anew. */
const STEP_PX = 200;

export interface RowExtents {
  rowPx: number;
  count: number;
  /** Height beyond `rowPx` of the rows that are expanded, by index. */
  extraPx: ReadonlyMap<number, number>;
}

export interface RowWindow {
  /** First row to draw. */
  start: number;
  /** Row after the last one to draw. */
  end: number;
  /** Empty space that stands for the rows before and after. */
  beforePx: number;
  afterPx: number;
}

/**
 * Example: 10 rows of 20 px, row 1 expanded by 100 px, looking at 130 to 170 px:
 * rows 1 (20–140), 2 (140–160) and 3 (160–180).
 * @internal
 */
export function rowsBetween(extents: RowExtents, fromPx: number, toPx: number): RowWindow {
  const { rowPx, count, extraPx } = extents;
  let offset = 0;
  let start = count;
  let end = count;
  let beforePx = 0;
  let endPx = 0;
  for (let index = 0; index < count; index += 1) {
    const bottom = offset + rowPx + (extraPx.get(index) ?? 0);
    if (start === count && bottom > fromPx) {
      start = index;
      beforePx = offset;
    }
    if (end === count && offset >= toPx) {
      end = index;
      endPx = offset;
    }
    offset = bottom;
  }
  if (end === count) endPx = offset;
  return { start, end, beforePx: start === count ? offset : beforePx, afterPx: offset - endPx };
}

/** As `rowsBetween`, for what the window shows of this list now. */
export function useRowWindow(
  listRef: RefObject<HTMLElement | null>,
  extents: RowExtents,
): RowWindow {
  const [view, setView] = useState({ fromPx: 0, toPx: window.innerHeight + OVERSCAN_PX });
  useEffect(() => {
    const look = () => {
      const top = listRef.current?.getBoundingClientRect().top ?? 0;
      const fromPx = Math.floor((-top - OVERSCAN_PX) / STEP_PX) * STEP_PX;
      const toPx = Math.ceil((window.innerHeight - top + OVERSCAN_PX) / STEP_PX) * STEP_PX;
      setView((old) => (old.fromPx === fromPx && old.toPx === toPx ? old : { fromPx, toPx }));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [listRef]);
  return rowsBetween(extents, view.fromPx, view.toPx);
}
