import type { RunningProfileFragment } from '../../../generated/graphql.ts';
import { useIsGo, useObservatory } from '../../live/observatory.ts';
import { formatAge } from '../../shared/format.ts';
import { Segmented } from '../../shared/segmented.tsx';
import { useNow } from '../../state/hooks.ts';
import { useStore } from '../../state/store.ts';
import { useUrlChoice } from '../../state/url-state.ts';
import { progressAt } from './progress.ts';

const SECONDS = ['5', '15', '30'] as const;
const PROGRESS_RENEWED_MS = 200;

/** Starts a profile, or shows the one that is being taken, by whomever. */
export function RecordingBar({ onTaken }: { onTaken: (id: string) => void }) {
  const { cpu } = useObservatory();
  const isGo = useIsGo();
  const { data, receivedAtMs } = useStore(cpu.list.state);
  const { isPending, refusal } = useStore(cpu.attempt);
  const [seconds, setSeconds] = useUrlChoice('cpu.seconds', SECONDS, '5');
  const running = data?.cpuProfileStatus ?? null;

  async function take(): Promise<void> {
    const id = await cpu.take(Number(seconds));
    if (id !== null) onTaken(id);
  }

  return (
    <>
      <div className="toolbar">
        <button
          type="button"
          className="primary"
          disabled={isPending || running !== null}
          onClick={() => void take()}
        >
          {isPending || running !== null ? 'Profiling…' : 'Profile the CPU'}
        </button>
        <Segmented
          label="Length"
          options={SECONDS.map((value) => ({ value, label: `${value} s` }))}
          value={seconds}
          onChange={setSeconds}
        />
        {running === null ? (
          !isGo && <p className="hint">The start holds the event loop up for a moment.</p>
        ) : (
          <Running running={running} toldAtMs={receivedAtMs ?? 0} isOurs={isPending} />
        )}
      </div>
      {refusal !== null && (
        <p className="note note-warning cpu-refusal" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}

interface RunningProps {
  running: RunningProfileFragment;
  toldAtMs: number;
  isOurs: boolean;
}

function Running({ running, toldAtMs, isOurs }: RunningProps) {
  const { cpu } = useObservatory();
  const nowMs = useNow(PROGRESS_RENEWED_MS);
  const { share, remainingMs } = progressAt(running, toldAtMs, nowMs);
  return (
    <>
      <progress aria-label="Progress of the CPU profile" max={1} value={share} />
      <span className="cpu-remaining">
        {share < 1 ? `${formatAge(remainingMs + 999)} left` : 'reading it'}
        {!isOurs && ', started elsewhere'}
      </span>
      <button type="button" onClick={() => void cpu.end(running.id, true)}>
        Stop and keep
      </button>
      <button type="button" onClick={() => void cpu.end(running.id, false)}>
        Cancel
      </button>
    </>
  );
}
