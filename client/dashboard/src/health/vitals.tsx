import { isOfGo } from '../live/kind.ts';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { useUnavailableReason } from '../live/process.tsx';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../shared/format.ts';
import { useFrozen } from '../shared/hooks.ts';
import { useStore } from '../shared/store.ts';

/** The latest figures in one row, in view in every section. */
export function Vitals() {
  const { feed, isPaused } = useObservatory();
  const isGo = isOfGo(useTarget()?.kind ?? null);
  const noCpuReason = useUnavailableReason('history.cpuPercent');
  const point = useFrozen(useStore(feed.series), useStore(isPaused)).points.at(-1);
  if (point === undefined) return null;
  const { eventLoopDelayP99Ms: delayMs, requestsInFlight } = point;
  return (
    <dl className="vitals">
      <Vital name="heap" value={formatBytes(point.alloc)} />
      {noCpuReason === null && <Vital name="CPU" value={formatPercent(point.cpuPercent)} />}
      {!isGo && <Vital name="loop p99" value={delayMs === null ? '–' : formatDuration(delayMs)} />}
      {!isGo && (
        <Vital
          name="requests"
          value={requestsInFlight === null ? '–' : formatCount(requestsInFlight)}
        />
      )}
      <Vital name={isGo ? 'goroutines' : 'tasks'} value={formatCount(point.goroutines)} />
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
