import { useMemo } from 'react';
import { FlameCard } from '../flame/flame-card.tsx';
import { formatDuration } from '../shared/format.ts';
import { type CallNode, callPaths } from './call-paths.ts';

interface CpuFlameProps {
  nodes: readonly CallNode[];
  highlight: string;
}

/** The busy time by call path. */
export function CpuFlame({ nodes, highlight }: CpuFlameProps) {
  const stacks = useMemo(() => callPaths(nodes), [nodes]);
  return (
    <FlameCard
      section="cpu"
      title="CPU time by call path"
      stacks={stacks}
      format={formatDuration}
      rootLabel="Busy time"
      highlight={highlight}
    />
  );
}
