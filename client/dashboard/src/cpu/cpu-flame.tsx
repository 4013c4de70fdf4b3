import { useMemo } from 'react';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { flameTree } from '../flame/flame-tree.ts';
import { foldRuntime } from '../flame/fold-frames.ts';
import { useCwd } from '../live/process.tsx';
import { formatDuration } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice } from '../shared/url-state.ts';
import { type CallNode, callPaths } from './call-paths.ts';

const DIRECTIONS = ['icicle', 'flame'] as const;
const NODE_FRAMES = ['folded', 'all'] as const;

interface CpuFlameProps {
  nodes: readonly CallNode[];
  highlight: string;
}

/** The busy time by call path. */
export function CpuFlame({ nodes, highlight }: CpuFlameProps) {
  const cwd = useCwd();
  const [direction, setDirection] = useUrlChoice('cpu.graph', DIRECTIONS, 'icicle');
  const [nodeFrames, setNodeFrames] = useUrlChoice('cpu.node', NODE_FRAMES, 'folded');
  const root = useMemo(() => {
    const stacks = callPaths(nodes);
    if (nodeFrames === 'all') return flameTree(stacks);
    return flameTree(stacks.map((stack) => ({ ...stack, frames: foldRuntime(stack.frames) })));
  }, [nodes, nodeFrames]);
  return (
    <section className="card" aria-label="CPU time by call path">
      <div className="toolbar">
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
          aria-pressed={nodeFrames === 'all'}
          onClick={() => setNodeFrames(nodeFrames === 'all' ? 'folded' : 'all')}
        >
          All Node.js frames
        </button>
        <p className="hint">Click a frame to zoom in, the top one to come back.</p>
      </div>
      <FlameGraph
        root={root}
        direction={direction}
        format={formatDuration}
        rootLabel="Busy time"
        cwd={cwd}
        highlight={highlight}
      />
    </section>
  );
}
