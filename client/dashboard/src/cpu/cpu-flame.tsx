import { useMemo } from 'react';
import { FlameCard } from '../flame/flame-card.tsx';
import { formatDuration } from '../shared/format.ts';
import { type CallNode, callPaths, withoutOwnWork } from './call-paths.ts';
import { HideOwn, useHidesOwn } from './functions/hide-own.tsx';

interface CpuFlameProps {
  nodes: readonly CallNode[];
  highlight: string;
}

/** The busy time by call path. */
export function CpuFlame({ nodes, highlight }: CpuFlameProps) {
  const [hidesOwn] = useHidesOwn();
  const stacks = useMemo(
    () => callPaths(hidesOwn ? withoutOwnWork(nodes) : nodes),
    [nodes, hidesOwn],
  );
  return (
    <FlameCard
      section="cpu"
      title="CPU time by call path"
      stacks={stacks}
      format={formatDuration}
      rootLabel="Busy time"
      highlight={highlight}
    >
      {nodes.some((node) => node.isPprofql) && <HideOwn />}
    </FlameCard>
  );
}
