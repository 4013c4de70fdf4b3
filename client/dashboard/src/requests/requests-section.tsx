import { useEffect } from 'react';
import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { CoverageNote } from './coverage-note.tsx';
import { RequestTable } from './request-table.tsx';
import { RouteTable } from './route-table.tsx';

/** Each answer is a look at where requests wait, of which the shares of the routes are made. */
const REFRESH_MS = 2_000;

export function RequestsSection() {
  const { requests, isPaused } = useObservatory();
  const isStill = useStore(isPaused);
  const { data, error } = useFrozen(useStore(requests.state), isStill);
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible' && !isStill) void requests.refresh();
    };
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [requests, isStill]);
  if (data === null) {
    return error === null ? (
      <EmptyState title="Reading the requests" />
    ) : (
      <EmptyState title="The requests could not be read">{error}</EmptyState>
    );
  }
  if (data.requests === null || data.requestCoverage === null || data.routes === null) {
    return (
      <EmptyState title="Requests are not told">
        The target does not tell of its requests: `pprof.unavailable` says why.
      </EmptyState>
    );
  }
  return (
    <>
      {error !== null && (
        <p className="note note-warning" role="status">
          These are the last known requests: {error}
        </p>
      )}
      <CoverageNote coverage={data.requestCoverage} shown={data.requests.length} />
      <RequestTable requests={data.requests} />
      <RouteTable routes={data.routes} />
    </>
  );
}
