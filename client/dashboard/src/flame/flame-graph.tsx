import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { CopyButton } from '../shared/copy-button.tsx';
import { formatShare } from '../shared/format.ts';
import { location, ORIGIN_NAMES, originOf, shortFile } from '../shared/frames.ts';
import { type FlameBox, type FlameNode, layOut } from './flame-tree.ts';

const ROW_PX = 22;

interface FlameGraphProps {
  root: FlameNode;
  /** `flame`: callers at the bottom; `icicle`: callers at the top. */
  direction: 'flame' | 'icicle';
  /** How a value reads, such as `12 MB`. */
  format: (value: number) => string;
  /** What the root stands for, such as `All live memory`. */
  rootLabel: string;
  cwd: string;
  /** Frames that contain it stand out; empty for none. */
  highlight: string;
}

export function FlameGraph(props: FlameGraphProps) {
  const { root, direction, format, rootLabel, cwd, highlight } = props;
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
      const target = neighbour(boxes, box, event.key, direction);
      if (target === undefined) return;
      focusBox(target);
    }
    event.preventDefault();
  }

  return (
    <div className="flame">
      <FlameCaption node={current?.node ?? root} {...{ root, format, rootLabel, cwd }} />
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
            description={describe(box.node, root, format, rootLabel, cwd)}
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

function FlameCell(props: FlameCellProps) {
  const { box, top, label, description } = props;
  const origin = box.node.frame === null ? 'root' : originOf(box.node.frame);
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
      className={`flame-cell flame-${origin}${props.isDimmed ? ' is-dimmed' : ''}`}
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

function FlameCaption(props: {
  node: FlameNode;
  root: FlameNode;
  format: (value: number) => string;
  rootLabel: string;
  cwd: string;
}) {
  const { node, root, format, rootLabel, cwd } = props;
  const place = node.frame === null ? '' : location(node.frame);
  return (
    <p className="flame-caption" aria-hidden="true">
      <strong>{node.frame?.function ?? rootLabel}</strong>
      {node.frame !== null && place !== '' && (
        <span className="frame-place" title={place}>
          {shortFile(node.frame.file, cwd)}:{node.frame.line}
        </span>
      )}
      <span className="figure">
        {format(node.total)} · {formatShare(root.total === 0 ? 0 : node.total / root.total)}
        {node.self > 0 && node.self < node.total && ` · self ${format(node.self)}`}
      </span>
      {place !== '' && <CopyButton text={place} label={`Copy ${place}`} />}
    </p>
  );
}

function FlameLegend() {
  return (
    <ul className="legend" aria-label="Colours">
      {(['own', 'dependency', 'runtime'] as const).map((origin) => (
        <li key={origin}>
          <i className={`swatch flame-${origin}`} aria-hidden="true" />
          {ORIGIN_NAMES[origin]}
        </li>
      ))}
    </ul>
  );
}

function describe(
  node: FlameNode,
  root: FlameNode,
  format: (value: number) => string,
  rootLabel: string,
  cwd: string,
): string {
  const share = formatShare(root.total === 0 ? 0 : node.total / root.total);
  if (node.frame === null) return `${rootLabel}, ${format(node.total)}`;
  const place =
    node.frame.file === '' ? '' : `, ${shortFile(node.frame.file, cwd)}:${node.frame.line}`;
  return `${node.frame.function}${place}, ${format(node.total)}, ${share}`;
}

function contains(node: FlameNode, text: string): boolean {
  if (node.frame === null) return false;
  return `${node.frame.function} ${node.frame.file}:${node.frame.line}`
    .toLowerCase()
    .includes(text.toLowerCase());
}

/** Neighbouring boxes of one origin get slightly different shades, the same name always the same. */
const SHADES = 4;

function shadeOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) | 0;
  return Math.abs(hash) % SHADES;
}

/** The box that an arrow key leads to: towards the caller, the largest callee, or a sibling. */
function neighbour(
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
