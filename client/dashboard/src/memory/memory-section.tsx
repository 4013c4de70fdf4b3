import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { Segmented } from '../shared/segmented.tsx';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { useUrlChoice } from '../state/url-state.ts';
import { ExternalMemory } from './external-memory.tsx';
import { FilteredAllocations } from './filtered-allocations.tsx';
import { useGentleRefresh } from './gentle-refresh.ts';
import { ReadNote } from './read-note.tsx';
import { reasonsOf } from './unavailable.ts';

const PLACES = ['heap', 'buffers'] as const;

export function MemorySection() {
  const [place, setPlace] = useUrlChoice('memory.of', PLACES, 'heap');
  return (
    <>
      <div className="toolbar">
        <Segmented
          label="Which memory"
          options={[
            { value: 'heap', label: 'Heap' },
            { value: 'buffers', label: 'Outside the heap' },
          ]}
          value={place}
          onChange={setPlace}
        />
      </div>
      {place === 'heap' ? <HeapMemory /> : <ExternalMemory />}
    </>
  );
}

function HeapMemory() {
  const { allocations, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const state = useFrozen(useStore(allocations.state), isFrozen);
  useGentleRefresh(allocations, isFrozen);

  if (state.data === null) {
    return state.error === null ? (
      <EmptyState title="Reading the heap">
        The first read may take a second: it collects garbage first, so that only what is live
        counts.
      </EmptyState>
    ) : (
      <EmptyState title="The heap could not be read">{state.error}</EmptyState>
    );
  }
  const { pprof } = state.data;
  if (pprof.inuseAllocations === null && pprof.topAllocations === null) {
    return (
      <EmptyState title="No allocation profile here">
        {reasonsOf(pprof.unavailable).map(({ reason }) => (
          <p key={reason}>{reason}</p>
        ))}
      </EmptyState>
    );
  }
  return (
    <>
      <ReadNote state={state} onRefresh={() => void allocations.refresh()} />
      <FilteredAllocations tables={pprof} baseline={state.baseline?.pprof ?? null} />
    </>
  );
}
