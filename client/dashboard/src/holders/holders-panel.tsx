/** The button beside a row of memory, and what comes of it. */
import type { ShownStepFragment } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { formatBytes, formatDuration, formatShare } from '../shared/format.ts';
import { type FoundHolders, useHolderSearch } from './holder-search.ts';

/** Nothing for another process, whose heap cannot be searched from here. */
export function HoldersPanel({ allocation }: { allocation: string }) {
  const { target } = useObservatory();
  return target === null ? <OwnHolders allocation={allocation} /> : null;
}

function OwnHolders({ allocation }: { allocation: string }) {
  const { state, ask, agree, cancel } = useHolderSearch(allocation);
  switch (state.phase) {
    case 'IDLE':
    case 'ASKING':
      return (
        <p className="note holders-note">
          <button type="button" disabled={state.phase === 'ASKING'} onClick={ask}>
            Who holds it?
          </button>
        </p>
      );
    case 'AGREEING':
      return (
        <p className="note note-warning holders-note">
          This stops the program for about {formatDuration(state.cost.pauseMs)} and takes about{' '}
          {formatBytes(state.cost.memoryBytes)} of memory meanwhile.{' '}
          <button type="button" onClick={() => agree(state.cost)}>
            Stop it and look
          </button>{' '}
          <button type="button" onClick={cancel}>
            Leave it
          </button>
        </p>
      );
    case 'SEARCHING':
      return (
        <p className="note holders-note">
          <progress aria-label="Progress of the search" max={1} value={state.progress} />{' '}
          <button type="button" onClick={cancel}>
            Cancel the search
          </button>
        </p>
      );
    case 'REFUSED':
      return (
        <p className="note note-warning holders-note" role="alert">
          {state.reason}{' '}
          <button type="button" onClick={ask}>
            Ask again
          </button>
        </p>
      );
    case 'FOUND':
      return <HolderList holders={state.holders} />;
  }
}

function HolderList({ holders }: { holders: FoundHolders }) {
  if (holders.paths.length === 0) {
    return <p className="note holders-note">None of the sampled objects was found again.</p>;
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
        The program stood still for {formatDuration(holders.pauseMs)}. Shares are likelihoods where
        other stacks make the same objects.
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
