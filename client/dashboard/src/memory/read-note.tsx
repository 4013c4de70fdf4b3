import type { Answered } from '../../../core/query/answered.ts';
import type { AllocationsQuery } from '../../generated/graphql.ts';
import { useTarget } from '../live/observatory.ts';
import type { SourceState } from '../live/source.ts';
import { formatBytes, formatClock, formatCount, formatDuration, known } from '../shared/format.ts';
import { reasonsOf } from './unavailable.ts';

/** From here on a read is not one of now. */
const OLD_MS = 1_000;

interface ReadNoteProps {
  state: SourceState<Answered<AllocationsQuery>>;
  onRefresh: () => void;
}

/** When the heap was read, what that cost the program, and how exact the figures are. */
export function ReadNote({ state, onRefresh }: ReadNoteProps) {
  const kind = useTarget()?.kind ?? null;
  const profile = state.data?.pprof.allocationProfile;
  return (
    <div className="read-note">
      {kind !== 'FILE' && (
        <button type="button" onClick={onRefresh} disabled={state.isFetching}>
          {state.isFetching ? 'Reading…' : 'Read now'}
        </button>
      )}
      {profile && (
        <dl className="facts">
          <Fact name="Read at" value={readAt(profile)} />
          {profile.pauseMs !== null && (
            <Fact name="Paused the program" value={formatDuration(profile.pauseMs)} />
          )}
          <Fact name="Live" value={formatBytes(profile.liveBytes)} />
          {profile.cumulativeBytes !== null && (
            <Fact name="Ever allocated" value={formatBytes(profile.cumulativeBytes)} />
          )}
          <Fact name="Stacks" value={formatCount(profile.stackCount)} />
          <Fact name="A sample every" value={known(profile.samplingIntervalBytes, formatBytes)} />
          {state.baselineAtMs !== null && (
            <Fact name="Growth since" value={formatClock(state.baselineAtMs)} />
          )}
        </dl>
      )}
      {profile?.rotations != null && profile.rotations > 0 && (
        <p className="hint">
          The sampler was restarted {profile.rotations}× to bound its memory: what lives of the
          objects from before is an estimate, as the ± of each row says.
        </p>
      )}
      {state.error !== null && (
        <p className="note note-warning" role="status">
          The last read failed: {state.error}
        </p>
      )}
      {reasonsOf(state.data?.pprof.unavailable ?? []).map(({ reason, fields }) => (
        <p key={reason} className="note">
          No <code>{fields.join(', ')}</code>: {reason}
        </p>
      ))}
    </div>
  );
}

/** Such as `12:00:03, 40 s before this answer`: a blocked program gives no newer one. */
function readAt({ heapReadAt, ageMs }: { heapReadAt: string; ageMs: number }): string {
  const clock = formatClock(Date.parse(heapReadAt));
  return ageMs < OLD_MS ? clock : `${clock}, ${formatDuration(ageMs)} before this answer`;
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
