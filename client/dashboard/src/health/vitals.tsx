import { isOfGo } from '../live/kind.ts';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { useUnavailableReason } from '../live/process.tsx';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../shared/format.ts';
import { useFrozen } from '../shared/hooks.ts';
import { useStore } from '../shared/store.ts';

/** The latest figures in one row, in view in every section. */
export function Vitals() {
  const { feed, isPaused } = useObservatory();
  const kind = useTarget()?.kind ?? null;
  const isGo = isOfGo(kind);
  const isTold = {
    heap: useUnavailableReason('memory.alloc') === null,
    cpu: useUnavailableReason('history.cpuPercent') === null,
    tasks: useUnavailableReason('runtime.numGoroutine') === null,
  };
  const point = useFrozen(useStore(feed.series), useStore(isPaused)).points.at(-1);
  if (point === undefined) return null;
  const { eventLoopDelayP99Ms: delayMs, requestsInFlight } = point;
  const hasCpu = point.responding || kind === 'NODE';
  return (
    <dl className="vitals">
      {isTold.heap && <Vital name="heap" value={formatBytes(point.alloc)} />}
      {isTold.cpu && <Vital name="CPU" value={hasCpu ? formatPercent(point.cpuPercent) : '–'} />}
      {!isGo && <Vital name="loop p99" value={delayMs === null ? '–' : formatDuration(delayMs)} />}
      {!isGo && (
        <Vital
          name="requests"
          value={requestsInFlight === null ? '–' : formatCount(requestsInFlight)}
        />
      )}
      {isTold.tasks && (
        <Vital
          name={isGo ? 'goroutines' : 'tasks'}
          value={point.goroutines === null ? '–' : formatCount(point.goroutines)}
        />
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
