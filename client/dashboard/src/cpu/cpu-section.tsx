import { useEffect } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import type { CpuProfileListQuery } from '../../generated/graphql.ts';
import { useIsGo, useObservatory, useTarget } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatClock, formatDuration, known } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useStore } from '../state/store.ts';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import { AllocationRecording } from './allocations/allocation-recording.tsx';
import { CpuProfileView } from './cpu-profile-view.tsx';
import { RecordingBar } from './recording/recording-bar.tsx';

const LIST_REFRESH_MS = 1_000;

const MEASURES = ['time', 'allocations'] as const;

/** What functions cost, recorded for a while: CPU time, or memory allocated. */
export function CpuSection() {
  const [measure, setMeasure] = useUrlChoice('cpu.of', MEASURES, 'time');
  return (
    <>
      <div className="toolbar">
        <Segmented
          label="What is recorded"
          options={[
            { value: 'time', label: 'CPU time' },
            { value: 'allocations', label: 'Allocations' },
          ]}
          value={measure}
          onChange={setMeasure}
        />
      </div>
      {measure === 'time' ? <CpuTime /> : <AllocationRecording />}
    </>
  );
}

function CpuTime() {
  const { cpu } = useObservatory();
  const kind = useTarget()?.kind ?? null;
  const isGo = useIsGo();
  const { data, error, receivedAtMs } = useStore(cpu.list.state);
  const [asked, choose] = useUrlParam('cpu.profile', '');
  useListRefresh();
  async function take(seconds: number): Promise<void> {
    const id = await cpu.take(seconds);
    if (id !== null) choose(id);
  }
  const profiles = data?.cpuProfiles ?? [];
  const chosenId = asked === '' ? (profiles[0]?.id ?? null) : asked;
  return (
    <>
      {kind !== 'FILE' && (
        <RecordingBar
          section="cpu"
          action="Profile the CPU"
          progressLabel="Progress of the CPU profile"
          hint={isGo ? null : 'The start holds the event loop up for a moment.'}
          attempt={cpu.attempt}
          running={data?.cpuProfileStatus ?? null}
          toldAtMs={receivedAtMs ?? 0}
          onTake={(seconds) => void take(seconds)}
          onEnd={(id, keep) => void cpu.end(id, keep)}
        />
      )}
      {profiles.length > 0 && (
        <ProfileList profiles={profiles} chosenId={chosenId} onChoose={choose} />
      )}
      {chosenId !== null ? (
        <CpuProfileView key={chosenId} id={chosenId} />
      ) : (
        <EmptyState title={data === null ? 'Asking for profiles' : 'No CPU profile yet'}>
          {error ??
            'A profile tells which functions and which endpoints the CPU time goes to. The last few are kept.'}
        </EmptyState>
      )}
    </>
  );
}

/** Others take profiles too; asking costs the observed thread nothing. */
function useListRefresh(): void {
  const { cpu, isPaused, link } = useObservatory();
  const isFrozen = useStore(isPaused);
  useEffect(() => {
    const refresh = () => {
      const isReachable = link.state.get().phase === 'live';
      if (isReachable && document.visibilityState === 'visible') void cpu.list.refresh();
    };
    refresh();
    if (isFrozen) return;
    const timer = setInterval(refresh, LIST_REFRESH_MS);
    return () => clearInterval(timer);
  }, [cpu, link, isFrozen]);
}

interface ProfileListProps {
  /** Newest first. */
  profiles: Answered<CpuProfileListQuery>['cpuProfiles'];
  chosenId: string | null;
  onChoose: (id: string) => void;
}

function ProfileList({ profiles, chosenId, onChoose }: ProfileListProps) {
  return (
    <ul className="marks" aria-label="The last CPU profiles">
      {profiles.map(({ id, startedAt, durationMs, busyMs }) => (
        <li key={id}>
          <button type="button" aria-pressed={id === chosenId} onClick={() => onChoose(id)}>
            {startedAt === null ? 'at an unknown time' : formatClock(Date.parse(startedAt))}
            <span className="muted"> · {known(durationMs, formatDuration)}, busy </span>
            {formatDuration(busyMs)}
          </button>
        </li>
      ))}
    </ul>
  );
}
