import { FramePlace } from '../frames/frame-place.tsx';
import { location, ORIGIN_NAMES, ORIGINS, shortPlace } from '../frames/frames.ts';
import { PprofqlTag } from '../frames/pprofql-tag.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { formatShare } from '../shared/format.ts';
import type { FlameNode } from './flame-tree.ts';

/** How the nodes of one graph read. */
export interface FlameWords {
  root: FlameNode;
  /** How a value reads, such as `12 MB`. */
  format: (value: number) => string;
  /** What the root stands for, such as `All live memory`. */
  rootLabel: string;
}

/** The frame under the pointer or with the focus, in full. */
export function FlameCaption(props: FlameWords & { node: FlameNode }) {
  const { node, root, format, rootLabel } = props;
  const place = node.frame === null ? '' : location(node.frame);
  return (
    <p className="flame-caption">
      <strong>{node.frame?.function ?? rootLabel}</strong>
      {node.frame?.isPprofql && <PprofqlTag />}
      {node.frame !== null && place !== '' && <FramePlace frame={node.frame} />}
      <span className="figure">
        {format(node.total)} · {formatShare(root.total === 0 ? 0 : node.total / root.total)}
        {node.self > 0 && node.self < node.total && ` · self ${format(node.self)}`}
      </span>
      {place !== '' && <CopyButton text={place} label={`Copy ${place}`} />}
    </p>
  );
}

/** Whose code which color is. */
export function FlameLegend() {
  return (
    <ul className="legend" aria-label="Colors">
      {ORIGINS.map((origin) => (
        <li key={origin}>
          <i className={`swatch flame-${origin}`} aria-hidden="true" />
          {ORIGIN_NAMES[origin]}
        </li>
      ))}
    </ul>
  );
}

/** The same in one line, for screen readers. */
export function describeNode(node: FlameNode, words: FlameWords): string {
  const { root, format, rootLabel } = words;
  const share = formatShare(root.total === 0 ? 0 : node.total / root.total);
  if (node.frame === null) return `${rootLabel}, ${format(node.total)}`;
  const place = node.frame.file === '' ? '' : `, ${shortPlace(node.frame)}`;
  const whose = node.frame.isPprofql ? ', of pprofql' : '';
  return `${node.frame.function}${place}${whose}, ${format(node.total)}, ${share}`;
}
