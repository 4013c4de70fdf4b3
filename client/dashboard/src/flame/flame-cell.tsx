import { type KeyboardEvent, useEffect, useRef } from 'react';
import { originOf } from '../frames/frames.ts';
import type { FlameBox } from './flame-tree.ts';

/** Height of a row of the graph; each box leaves a pixel of it as a gap. */
export const ROW_PX = 22;

interface FlameCellProps {
  box: FlameBox;
  top: number;
  label: string;
  description: string;
  isDimmed: boolean;
  isReachable: boolean;
  onFocus: () => void;
  onHover: () => void;
  onZoom: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

export function FlameCell(props: FlameCellProps) {
  const { box, top, label, description } = props;
  const origin = box.node.frame === null ? 'root' : originOf(box.node.frame);
  const marks = [
    ...(props.isDimmed ? ['is-dimmed'] : []),
    ...(box.node.frame?.isPprofql ? ['is-pprofql'] : []),
  ];
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const cell = ref.current;
    if (cell !== null) cell.dataset.shade = String(shadeOf(label));
  }, [label]);
  return (
    <div
      ref={ref}
      role="treeitem"
      aria-level={box.depth + 1}
      aria-label={description}
      aria-selected={false}
      tabIndex={props.isReachable ? 0 : -1}
      className={['flame-cell', `flame-${origin}`, ...marks].join(' ')}
      style={{ top, left: `${box.left * 100}%`, width: `${box.width * 100}%`, height: ROW_PX - 1 }}
      onClick={props.onZoom}
      onFocus={props.onFocus}
      onPointerEnter={props.onHover}
      onKeyDown={props.onKeyDown}
    >
      <span>{label}</span>
    </div>
  );
}

/** Neighboring boxes of one origin get slightly different shades, the same name always the same. */
const SHADES = 4;

function shadeOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) | 0;
  return Math.abs(hash) % SHADES;
}
