import { useEffect, useMemo } from 'react';
import { FlameCard } from '../../flame/flame-card.tsx';
import { FramePlace } from '../../frames/frame-place.tsx';
import { ORIGIN_NAMES, originOf } from '../../frames/frames.ts';
import { useObservatory, useTarget } from '../../live/observatory.ts';
import { EmptyState } from '../../shared/empty-state.tsx';
import { formatBytes, formatClock, formatDuration } from '../../shared/format.ts';
import { useStore } from '../../state/store.ts';
import { pathsOf } from '../call-paths.ts';
import { RecordingBar } from '../recording/recording-bar.tsx';
import type { AllocationProfile } from './recorder.ts';

const STATUS_REFRESH_MS = 1_000;
const ROWS = 50;

/** What the program allocates in a stretch of time, freed objects included. */
export function AllocationRecording() {
  const { allocationRecorder: recorder } = useObservatory();
  const kind = useTarget()?.kind ?? null;
  const { data, receivedAtMs } = useStore(recorder.status.state);
  const profile = useStore(recorder.last);
  useStatusRefresh();
  return (
    <>
      {kind !== 'FILE' && (
        <RecordingBar
          section="allocations"
          action="Record allocations"
          progressLabel="Progress of the allocation profile"
          hint="The start and the end hold the event loop up for a moment."
          attempt={recorder.attempt}
          running={data?.allocationProfileStatus ?? null}
          toldAtMs={receivedAtMs ?? 0}
          onTake={(seconds) => void recorder.take(seconds)}
          onEnd={(id, keep) => void recorder.end(id, keep)}
        />
      )}
      {profile === null ? (
        <EmptyState title="No allocation profile yet">
          It tells which functions allocate memory, freed objects included: what makes garbage.
        </EmptyState>
      ) : (
        <Profile profile={profile} />
      )}
    </>
  );
}

/** Others take profiles too; asking costs the observed thread nothing. */
function useStatusRefresh(): void {
  const { allocationRecorder: recorder, link } = useObservatory();
  useEffect(() => {
    const refresh = () => {
      const isReachable = link.state.get().phase === 'live';
      if (isReachable && document.visibilityState === 'visible') void recorder.status.refresh();
    };
    refresh();
    const timer = setInterval(refresh, STATUS_REFRESH_MS);
    return () => clearInterval(timer);
  }, [recorder, link]);
}

function Profile({ profile }: { profile: AllocationProfile }) {
  const stacks = useMemo(
    () => pathsOf(profile.callTree, ({ selfBytes }) => selfBytes),
    [profile.callTree],
  );
  return (
    <>
      <div className="read-note">
        <p className="hint">
          {formatClock(Date.parse(profile.startedAt))}: {formatBytes(profile.bytes)} in{' '}
          {formatDuration(profile.durationMs)}
          {profile.bytesPerSecond !== null && `, ${formatBytes(profile.bytesPerSecond)} a second`},
          by {profile.sampleCount} samples.
        </p>
        {profile.liveTableCost !== null && <p className="note">{profile.liveTableCost}</p>}
      </div>
      <FlameCard
        section="allocations"
        title="Allocations of the recording by call path"
        stacks={stacks}
        format={formatBytes}
        rootLabel="All that was allocated"
        highlight=""
      />
      <Functions functions={profile.topFunctions} />
    </>
  );
}

function Functions({ functions }: { functions: AllocationProfile['topFunctions'] }) {
  return (
    <div className="card table-card">
      <table className="table">
        <caption className="sr-only">Memory allocated by function</caption>
        <thead>
          <tr>
            <th scope="col">Function</th>
            <th scope="col" className="num">
              Self
            </th>
            <th scope="col" className="num">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {functions.slice(0, ROWS).map((row) => (
            <tr key={`${row.file}:${row.line}:${row.function}`}>
              <th scope="row" className="cpu-function">
                <span className="place">
                  <span
                    className={`dot dot-${originOf(row)}`}
                    title={ORIGIN_NAMES[originOf(row)]}
                  />
                  <span className="place-function">{row.function}</span>
                  <FramePlace frame={row} />
                </span>
              </th>
              <Bytes label="Self" bytes={row.selfBytes} percent={row.selfPercent} />
              <Bytes label="Total" bytes={row.totalBytes} percent={row.totalPercent} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bytes({ label, bytes, percent }: { label: string; bytes: number; percent: number }) {
  return (
    <td className="num" data-label={label}>
      <i className="bar" style={{ width: `${percent}%` }} aria-hidden="true" />
      {formatBytes(bytes)}
    </td>
  );
}
