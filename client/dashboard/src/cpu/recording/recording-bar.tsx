import { formatAge } from '../../shared/format.ts';
import { Segmented } from '../../shared/segmented.tsx';
import { useNow } from '../../state/hooks.ts';
import { type Store, useStore } from '../../state/store.ts';
import { useUrlChoice } from '../../state/url-state.ts';
import { progressAt, type RunningProfile } from './progress.ts';
import type { Attempt } from './recorder.ts';

const SECONDS = ['5', '15', '30'] as const;
const PROGRESS_RENEWED_MS = 200;

interface RecordingBarProps {
  /** What is recorded: its part of the address keeps for how long. */
  section: string;
  /** On the button, such as `Profile the CPU`. */
  action: string;
  /** Of the progress bar, for screen readers. */
  progressLabel: string;
  /** What the start costs the program; null for nothing. */
  hint: string | null;
  attempt: Store<Attempt>;
  /** The profile that is being taken, by whomever. */
  running: RunningProfile | null;
  /** When that was told. */
  toldAtMs: number;
  onTake: (seconds: number) => void;
  onEnd: (id: string, keep: boolean) => void;
}

/** Starts a profile, or shows the one that is being taken, by whomever. */
export function RecordingBar(props: RecordingBarProps) {
  const { section, running } = props;
  const { isPending, refusal } = useStore(props.attempt);
  const [seconds, setSeconds] = useUrlChoice(`${section}.seconds`, SECONDS, '5');
  return (
    <>
      <div className="toolbar">
        <button
          type="button"
          className="primary"
          disabled={isPending || running !== null}
          onClick={() => props.onTake(Number(seconds))}
        >
          {isPending || running !== null ? 'Profiling…' : props.action}
        </button>
        <Segmented
          label="Length"
          options={SECONDS.map((value) => ({ value, label: `${value} s` }))}
          value={seconds}
          onChange={setSeconds}
        />
        {running === null ? (
          props.hint !== null && <p className="hint">{props.hint}</p>
        ) : (
          <Running {...props} running={running} isOurs={isPending} />
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

interface RunningProps extends RecordingBarProps {
  running: RunningProfile;
  isOurs: boolean;
}

function Running({ running, toldAtMs, isOurs, progressLabel, onEnd }: RunningProps) {
  const nowMs = useNow(PROGRESS_RENEWED_MS);
  const { share, remainingMs } = progressAt(running, toldAtMs, nowMs);
  return (
    <>
      <progress aria-label={progressLabel} max={1} value={share} />
      <span className="cpu-remaining">
        {share < 1 ? `${formatAge(remainingMs + 999)} left` : 'reading it'}
        {!isOurs && ', started elsewhere'}
      </span>
      <button type="button" onClick={() => onEnd(running.id, true)}>
        Stop and keep
      </button>
      <button type="button" onClick={() => onEnd(running.id, false)}>
        Cancel
      </button>
    </>
  );
}
