import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { withLine } from '../frames/frames.ts';
import { describeNode, FlameCaption, FlameLegend, type FlameWords } from './flame-caption.tsx';
import { FlameCell, ROW_PX } from './flame-cell.tsx';
import { type FlameBox, type FlameNode, layOut } from './flame-tree.ts';

interface FlameGraphProps extends FlameWords {
  /** `flame`: callers at the bottom; `icicle`: callers at the top. */
  direction: 'flame' | 'icicle';
  /** Frames that contain it stand out; empty for none. */
  highlight: string;
}

export function FlameGraph(props: FlameGraphProps) {
  const { root, direction, rootLabel, highlight } = props;
  const [zoomed, setZoomed] = useState('');
  const [focused, setFocused] = useState('');
  const [hovered, setHovered] = useState<string | null>(null);
  const treeRef = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => layOut(root, zoomed), [root, zoomed]);
  const depth = Math.max(...boxes.map((box) => box.depth)) + 1;
  const current = boxes.find((box) => box.node.key === (hovered ?? focused)) ?? boxes[0];
  const reachable = boxes.some((box) => box.node.key === focused) ? focused : '';

  function focusBox(box: FlameBox | undefined): void {
    if (box === undefined) return;
    setFocused(box.node.key);
    const index = boxes.indexOf(box);
    treeRef.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[index]?.focus();
  }

  function onKeyDown(event: KeyboardEvent, box: FlameBox): void {
    if (event.key === 'Escape') setZoomed('');
    else if (event.key === 'Enter' || event.key === ' ') setZoomed(box.node.key);
    else {
      const target = neighbor(boxes, box, event.key, direction);
      if (target === undefined) return;
      focusBox(target);
    }
    event.preventDefault();
  }

  return (
    <div className="flame">
      <FlameCaption {...props} node={current?.node ?? root} />
      <div
        ref={treeRef}
        role="tree"
        aria-label={`${direction === 'flame' ? 'Flame graph' : 'Icicle graph'}, ${rootLabel}`}
        className="flame-tree"
        style={{ height: depth * ROW_PX }}
        onPointerLeave={() => setHovered(null)}
      >
        {boxes.map((box) => (
          <FlameCell
            key={box.node.key}
            box={box}
            top={(direction === 'flame' ? depth - 1 - box.depth : box.depth) * ROW_PX}
            label={box.node.frame?.function ?? rootLabel}
            description={describeNode(box.node, props)}
            isDimmed={highlight !== '' && !contains(box.node, highlight)}
            isReachable={box.node.key === reachable}
            onFocus={() => setFocused(box.node.key)}
            onHover={() => setHovered(box.node.key)}
            onZoom={() => setZoomed(box.node.key)}
            onKeyDown={(event) => onKeyDown(event, box)}
          />
        ))}
      </div>
      <div className="flame-foot">
        <FlameLegend />
        {zoomed !== '' && (
          <button type="button" onClick={() => setZoomed('')}>
            Reset zoom
          </button>
        )}
      </div>
    </div>
  );
}

function contains(node: FlameNode, text: string): boolean {
  if (node.frame === null) return false;
  const { function: name, file, line } = node.frame;
  return `${name} ${withLine(file, line)}`.toLowerCase().includes(text.toLowerCase());
}

/** The box that an arrow key leads to: towards the caller, the largest callee, or a sibling. */
function neighbor(
  boxes: readonly FlameBox[],
  from: FlameBox,
  key: string,
  direction: 'flame' | 'icicle',
): FlameBox | undefined {
  const towardsCaller = direction === 'flame' ? 'ArrowDown' : 'ArrowUp';
  const towardsCallee = direction === 'flame' ? 'ArrowUp' : 'ArrowDown';
  const row = boxes.filter((box) => box.depth === from.depth);
  const index = row.indexOf(from);
  switch (key) {
    case towardsCaller:
      return boxes.find((box) => box.node.key === from.parentKey);
    case towardsCallee:
      return boxes.find((box) => box.parentKey === from.node.key);
    case 'ArrowLeft':
      return row[index - 1];
    case 'ArrowRight':
      return row[index + 1];
    default:
      return undefined;
  }
}
