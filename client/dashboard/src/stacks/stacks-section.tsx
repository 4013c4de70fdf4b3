import type { StackProfileQuery } from '../../generated/graphql.ts';
import { StackProfileDocument } from '../../generated/graphql.ts';
import { FlameCard } from '../flame/flame-card.tsx';
import { useTarget } from '../live/observatory.ts';
import { useTargetQuery } from '../live/target-query.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatClock, formatCount, formatDuration, plural } from '../shared/format.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice } from '../state/url-state.ts';
import { STACK_KIND_WORDS, STACK_KINDS } from './stack-kinds.ts';
import { StackTable } from './stack-table.tsx';

type StackProfile = NonNullable<StackProfileQuery['stackProfile']>;
type Kind = (typeof STACK_KINDS)[number];

/** Go's profiles of waits, threads and leaks: read when looked at, since each costs the target a read. */
export function StacksSection() {
  const [kind, setKind] = useUrlChoice('stacks.kind', STACK_KINDS, 'BLOCK');
  const isFile = useTarget()?.kind === 'FILE';
  const [data, error, ask] = useTargetQuery(StackProfileDocument, { kind });
  return (
    <>
      <div className="toolbar">
        <Segmented
          label="Profile"
          options={STACK_KINDS.map((value) => ({ value, label: STACK_KIND_WORDS[value].label }))}
          value={kind}
          onChange={setKind}
        />
        {!isFile && (
          <button type="button" onClick={ask}>
            Read now
          </button>
        )}
        <p className="hint">{STACK_KIND_WORDS[kind].hint}</p>
      </div>
      {error !== undefined && (
        <p className="note note-warning" role="status">
          The profile could not be read: {error.message}
        </p>
      )}
      {data === undefined ? (
        error === undefined && <EmptyState title="Reading the profile" />
      ) : (
        <Profile kind={kind} profile={data.stackProfile} />
      )}
    </>
  );
}

function Profile({ kind, profile }: { kind: Kind; profile: StackProfile | null }) {
  const { title, rootLabel, noun } = STACK_KIND_WORDS[kind];
  if (profile === null) {
    return <EmptyState title="Not told">This target has no such profile.</EmptyState>;
  }
  if (profile.stacks.length === 0) {
    return <EmptyState title="Empty">Nothing of the kind has been recorded.</EmptyState>;
  }
  const { delayMs } = profile;
  const isTimed = delayMs !== null;
  return (
    <>
      <p className="hint">
        Read at {formatClock(Date.parse(profile.readAt))}: {plural(profile.count, noun)}
        {isTimed && `, ${formatDuration(delayMs)} together`}.
      </p>
      <FlameCard
        section="stacks"
        title={title}
        stacks={profile.stacks.map(({ frames, delayMs: ms, count }) => ({
          frames,
          value: isTimed ? (ms ?? 0) : count,
        }))}
        format={isTimed ? formatDuration : formatCount}
        rootLabel={rootLabel}
        highlight=""
      />
      <StackTable title={title} noun={noun} stacks={profile.stacks} />
    </>
  );
}
