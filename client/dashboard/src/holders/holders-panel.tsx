/** The button beside a row of memory, and what comes of it. */
import type { Answered } from '../../../core/query/answered.ts';
import {
  FindHoldersDocument,
  type FindHoldersMutation,
  type ShownStepFragment,
} from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { formatClock, formatDuration, formatShare } from '../shared/format.ts';
import { useSnapshotSearch } from './snapshot-search.ts';
import { SnapshotSearchPanel } from './snapshot-search-panel.tsx';

type FoundHolders = Answered<FindHoldersMutation>['takeHolders'];

/** Nothing for another process, whose heap cannot be searched from here. */
export function HoldersPanel({ allocation }: { allocation: string }) {
  const { target } = useObservatory();
  return target === null ? <OwnHolders allocation={allocation} /> : null;
}

function OwnHolders({ allocation }: { allocation: string }) {
  const { link } = useObservatory();
  const search = useSnapshotSearch(async (maxPauseMs) => {
    const { takeHolders } = await link.ask(FindHoldersDocument, { allocation, maxPauseMs });
    return takeHolders!;
  });
  return (
    <SnapshotSearchPanel search={search} label="Who holds it?">
      {(holders) => <HolderList holders={holders} />}
    </SnapshotSearchPanel>
  );
}

function HolderList({ holders }: { holders: FoundHolders }) {
  if (holders.paths.length === 0) {
    return <p className="note search-note">None of the sampled objects was found again.</p>;
  }
  return (
    <section className="holders" aria-label="Who holds it">
      <h4>Held by</h4>
      <ol>
        {holders.paths.map(({ sentence, share, steps, below }) => (
          <li key={sentence}>
            <details>
              <summary>
                <meter max={1} value={share} title={formatShare(share)} /> {sentence}
              </summary>
              <ul className="holder-steps">
                {[...steps, ...below].map((step, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a path may repeat its steps
                  <li key={at} style={{ paddingInlineStart: `${at}em` }}>
                    {stepText(step)}
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ol>
      <p className="hint">
        As of {formatClock(Date.parse(holders.takenAt))}; the program stood still for{' '}
        {formatDuration(holders.pauseMs)}. Shares are likelihoods where other stacks make the same
        objects.
      </p>
    </section>
  );
}

function stepText({ kind, name, className, function: fn, path, line }: ShownStepFragment): string {
  const what = name === null ? (kind === 'ENTRY' ? '[…]' : '(internal)') : name;
  const place = path === null ? '' : ` in ${path}${line === null ? '' : `:${line}`}`;
  const called = fn === null ? '' : ` ${fn}`;
  return `${what}: ${className}${called}${place}`;
}
