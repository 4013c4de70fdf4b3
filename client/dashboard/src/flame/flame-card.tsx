import { type ReactNode, useMemo } from 'react';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice } from '../state/url-state.ts';
import { FlameGraph } from './flame-graph.tsx';
import { flameTree, type WeightedStack } from './flame-tree.ts';
import { foldRuntime } from './fold-frames.ts';

const DIRECTIONS = ['icicle', 'flame'] as const;
const RUNTIME_FRAMES = ['folded', 'all'] as const;

interface FlameCardProps {
  /** Section of the page, whose part of the address keeps how the graph is drawn. */
  section: string;
  title: string;
  stacks: readonly WeightedStack[];
  /** How a value reads, such as `12 MB`. */
  format: (value: number) => string;
  /** What the root stands for, such as `All live memory`. */
  rootLabel: string;
  /** Frames that contain it stand out; empty for none. */
  highlight: string;
  /** Further choices. */
  children?: ReactNode;
}

/** Stacks as a flame graph, with the choice of how to draw it. */
export function FlameCard(props: FlameCardProps) {
  const { section, stacks } = props;
  const [direction, setDirection] = useUrlChoice(`${section}.graph`, DIRECTIONS, 'icicle');
  const [runtime, setRuntime] = useUrlChoice(`${section}.runtime`, RUNTIME_FRAMES, 'folded');
  const root = useMemo(
    () =>
      flameTree(
        runtime === 'all'
          ? stacks
          : stacks.map((stack) => ({ ...stack, frames: foldRuntime(stack.frames) })),
      ),
    [stacks, runtime],
  );
  return (
    <section className="card" aria-label={props.title}>
      <div className="toolbar">
        {props.children}
        <Segmented
          label="Direction"
          options={[
            { value: 'icicle', label: 'Icicle' },
            { value: 'flame', label: 'Flame' },
          ]}
          value={direction}
          onChange={setDirection}
        />
        <button
          type="button"
          aria-pressed={runtime === 'all'}
          onClick={() => setRuntime(runtime === 'all' ? 'folded' : 'all')}
        >
          All runtime frames
        </button>
        <p className="hint">Click a frame to zoom in, the top one to come back.</p>
      </div>
      <FlameGraph
        root={root}
        direction={direction}
        format={props.format}
        rootLabel={props.rootLabel}
        highlight={props.highlight}
      />
    </section>
  );
}
