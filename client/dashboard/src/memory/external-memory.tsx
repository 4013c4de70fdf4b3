import { useMemo } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import type { ExternalAllocationsQuery, ExternalRowFragment } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatBytes, formatClock, formatCount, known } from '../shared/format.ts';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import type { Tables } from './allocation-rows.ts';
import { FilteredAllocations } from './filtered-allocations.tsx';
import { useGentleRefresh } from './gentle-refresh.ts';

type External = Answered<ExternalAllocationsQuery>['externalAllocations'];

/** Buffers outside the heap by who made them, and the rest. */
export function ExternalMemory() {
  const { external, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const state = useFrozen(useStore(external.state), isFrozen);
  useGentleRefresh(external, isFrozen);
  const now = state.data?.externalAllocations ?? null;
  const before = state.baseline?.externalAllocations ?? null;
  const tables = useMemo(() => now && tablesOf(now), [now]);
  const baseline = useMemo(() => before && tablesOf(before), [before]);

  if (now === null || tables === null) {
    return state.error === null ? (
      <EmptyState title="Reading what is outside the heap" />
    ) : (
      <EmptyState title="What is outside the heap could not be read">{state.error}</EmptyState>
    );
  }
  return (
    <>
      <div className="read-note">
        <button type="button" onClick={() => void external.refresh()} disabled={state.isFetching}>
          {state.isFetching ? 'Reading…' : 'Read now'}
        </button>
        <dl className="facts">
          <Fact name="Read at" value={formatClock(Date.parse(now.readAt))} />
          <Fact name="Live buffers by stack" value={known(now.liveBytes, formatBytes)} />
          <Fact name="Ever made" value={known(now.cumulativeBytes, formatBytes)} />
          {now.notByStack !== null && <NotByStack rest={now.notByStack} />}
        </dl>
        {state.error !== null && (
          <p className="note note-warning" role="status">
            The last read failed: {state.error}
          </p>
        )}
        {now.unavailableReason !== null && (
          <p className="note">No stacks: {now.unavailableReason}</p>
        )}
        <p className="hint">
          Stacks are known of buffers that functions of <code>Buffer</code> make. What Node’s native
          code or a constructor makes is among the rest.
        </p>
      </div>
      {now.unavailableReason === null && (
        <FilteredAllocations tables={tables} baseline={baseline} />
      )}
    </>
  );
}

function NotByStack({ rest }: { rest: NonNullable<External['notByStack']> }) {
  const kinds = rest.kinds.map(({ kind, count, bytes }) =>
    bytes === null ? `${formatCount(count)} ${kind}` : `${kind} ${formatBytes(bytes)}`,
  );
  return (
    <>
      <Fact name="Other buffers" value={formatBytes(rest.bufferBytes)} />
      <Fact name="Native objects" value={formatBytes(rest.nativeBytes)} />
      <Fact name="Rest of the process" value={formatBytes(rest.mallocBytes)} />
      {kinds.length > 0 && <Fact name="Open" value={kinds.join(', ')} />}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function tablesOf({ inuseAllocations, topAllocations }: External): Tables {
  return {
    inuseAllocations: inuseAllocations.map(rowOf),
    topAllocations: topAllocations.map(rowOf),
  };
}

function rowOf(row: ExternalRowFragment): NonNullable<Tables['inuseAllocations']>[number] {
  const { liveBytes, cumulativeBytes } = row;
  return { ...row, retention: cumulativeBytes ? Math.min(1, liveBytes / cumulativeBytes) : null };
}
