import { hasGoroutines } from '../live/kind.ts';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { useUnavailableReason } from '../live/process.tsx';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  known,
} from '../shared/format.ts';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';

/** The latest figures in one row, in view in every section. */
export function Vitals() {
  const { feed, isPaused } = useObservatory();
  const kind = useTarget()?.kind ?? null;
  const isGo = hasGoroutines(kind);
  const isTold = {
    heap: useUnavailableReason('memory.alloc') === null,
    cpu: useUnavailableReason('history.usagePercent') === null,
    tasks: useUnavailableReason('runtime.numGoroutine') === null,
  };
  const point = useFrozen(useStore(feed.series), useStore(isPaused)).points.at(-1);
  if (point === undefined) return null;
  return (
    <dl className="vitals">
      {isTold.heap && <Vital name="heap" value={known(point.alloc, formatBytes)} />}
      {isTold.cpu && <Vital name="CPU" value={known(point.usagePercent, formatPercent)} />}
      {!isGo && <Vital name="loop p99" value={known(point.eventLoopDelayP99Ms, formatDuration)} />}
      {!isGo && <Vital name="requests" value={known(point.requestsInFlight, formatCount)} />}
      {isTold.tasks && (
        <Vital name={isGo ? 'goroutines' : 'tasks'} value={known(point.goroutines, formatCount)} />
      )}
    </dl>
  );
}

function Vital({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
