/** Which tasks can never go on, by a search of the heap that is asked for. */
import type { Answered } from '../../../core/query/answered.ts';
import { FindProofsDocument, type FindProofsMutation } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { useSnapshotSearch } from '../holders/snapshot-search.ts';
import { SnapshotSearchPanel } from '../holders/snapshot-search-panel.tsx';
import { useIsGo, useObservatory } from '../live/observatory.ts';
import { formatClock, formatCount, formatDuration, plural } from '../shared/format.ts';

type Proofs = NonNullable<Answered<FindProofsMutation>['proveTasks']>;

const SHOWN_FUNCTIONS = 20;

/** Nothing for another process, whose heap cannot be searched from here. */
export function TaskProofs() {
  const { target } = useObservatory();
  const isGo = useIsGo();
  return target === null && !isGo ? <OwnProofs /> : null;
}

function OwnProofs() {
  const { link } = useObservatory();
  const search = useSnapshotSearch(async (maxPauseMs) => {
    const { proveTasks } = await link.ask(FindProofsDocument, { maxPauseMs });
    return proveTasks!;
  });
  return (
    <SnapshotSearchPanel search={search} label="Prove which can never go on">
      {(proofs) => <ProofList proofs={proofs} />}
    </SnapshotSearchPanel>
  );
}

function ProofList({ proofs: { functions, stuck, tasks, takenAt, pauseMs } }: { proofs: Proofs }) {
  return (
    <section className="holders" aria-label="What can never go on">
      <h4>
        {stuck === 0
          ? 'Each of them may still go on'
          : `${plural(stuck, 'call')} of ${formatCount(tasks)} can never go on`}
      </h4>
      <ul>
        {functions.slice(0, SHOWN_FUNCTIONS).map(({ frames, count, isStuck, sentence }) => {
          const frame = frames.at(-1);
          return (
            <li
              key={frames.map(({ function: name, file, line }) => `${name}${file}${line}`).join()}
            >
              <details>
                <summary>
                  <strong>{formatCount(count)}</strong> <code>{frame?.function}</code>{' '}
                  {frame !== undefined && <FramePlace frame={frame} />}{' '}
                  <span className={isStuck ? 'warning-text' : 'muted'}>{sentence}</span>
                </summary>
                <FrameList frames={frames} />
              </details>
            </li>
          );
        })}
      </ul>
      <p className="hint">
        Async functions that wait at an <code>await</code>, by where they begin, as of{' '}
        {formatClock(Date.parse(takenAt))}
        {functions.length > SHOWN_FUNCTIONS &&
          `; the first ${SHOWN_FUNCTIONS} of ${functions.length}`}
        . The program stood still for {formatDuration(pauseMs)}.
      </p>
    </section>
  );
}
