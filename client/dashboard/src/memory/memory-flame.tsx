import { useMemo } from 'react';
import { FlameCard } from '../flame/flame-card.tsx';
import { formatBytes } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice } from '../state/url-state.ts';
import type { JoinedRow } from './allocation-rows.ts';

const MEASURES = ['live', 'cumulative'] as const;

const ROOT_LABELS: Record<(typeof MEASURES)[number], string> = {
  live: 'Live memory of these stacks',
  cumulative: 'Memory ever allocated by these stacks',
};

interface MemoryFlameProps {
  rows: readonly JoinedRow[];
  hasCumulative: boolean;
  highlight: string;
}

/** The same stacks as in the table, merged by call path. */
export function MemoryFlame({ rows, hasCumulative, highlight }: MemoryFlameProps) {
  const [chosen, setMeasure] = useUrlChoice('memory.measure', MEASURES, 'live');
  const measure = hasCumulative ? chosen : 'live';
  const stacks = useMemo(
    () =>
      rows.map(({ frames, liveBytes, cumulativeBytes }) => ({
        frames,
        value: measure === 'live' ? liveBytes : (cumulativeBytes ?? 0),
      })),
    [rows, measure],
  );
  return (
    <FlameCard
      section="memory"
      title="Allocations by call path"
      stacks={stacks}
      format={formatBytes}
      rootLabel={ROOT_LABELS[measure]}
      highlight={highlight}
    >
      <Segmented
        label="Measure"
        options={[
          { value: 'live', label: 'Live' },
          ...(hasCumulative ? [{ value: 'cumulative' as const, label: 'Ever allocated' }] : []),
        ]}
        value={measure}
        onChange={setMeasure}
      />
    </FlameCard>
  );
}
