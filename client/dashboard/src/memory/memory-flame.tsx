import { useMemo } from 'react';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { flameTree } from '../flame/flame-tree.ts';
import { foldRuntime } from '../flame/fold-frames.ts';
import { useCwd } from '../live/process.tsx';
import { formatBytes } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice } from '../shared/url-state.ts';
import type { AllocationRow } from './allocation-rows.ts';

const MEASURES = ['live', 'cumulative'] as const;
const DIRECTIONS = ['icicle', 'flame'] as const;
const NODE_FRAMES = ['folded', 'all'] as const;

interface MemoryFlameProps {
  rows: readonly AllocationRow[];
  hasCumulative: boolean;
  highlight: string;
}

/** The same stacks as in the table, merged by call path. */
export function MemoryFlame({ rows, hasCumulative, highlight }: MemoryFlameProps) {
  const cwd = useCwd();
  const [chosen, setMeasure] = useUrlChoice('memory.measure', MEASURES, 'live');
  const [direction, setDirection] = useUrlChoice('memory.graph', DIRECTIONS, 'icicle');
  const [nodeFrames, setNodeFrames] = useUrlChoice('memory.node', NODE_FRAMES, 'folded');
  const measure = hasCumulative ? chosen : 'live';
  const root = useMemo(
    () =>
      flameTree(
        rows.map((row) => ({
          frames: nodeFrames === 'folded' ? foldRuntime(row.frames) : row.frames,
          value: measure === 'live' ? row.liveBytes : (row.cumulativeBytes ?? 0),
        })),
      ),
    [rows, measure, nodeFrames],
  );
  return (
    <section className="card" aria-label="Allocations by call path">
      <div className="toolbar">
        <Segmented
          label="Measure"
          options={[
            { value: 'live', label: 'Live' },
            ...(hasCumulative ? [{ value: 'cumulative' as const, label: 'Ever allocated' }] : []),
          ]}
          value={measure}
          onChange={setMeasure}
        />
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
        format={formatBytes}
        rootLabel={
          measure === 'live'
            ? 'Live memory of these stacks'
            : 'Memory ever allocated by these stacks'
        }
        cwd={cwd}
        highlight={highlight}
      />
    </section>
  );
}
