/** The button of a search that stops the program, the question before it, its progress, and what comes of it. */
import type { ReactNode } from 'react';
import { formatBytes, formatDuration } from '../shared/format.ts';
import type { SnapshotSearch } from './snapshot-search.ts';

interface SnapshotSearchPanelProps<Found> {
  search: SnapshotSearch<Found>;
  /** What the button says. */
  label: string;
  children: (found: Found) => ReactNode;
}

export function SnapshotSearchPanel<Found>(props: SnapshotSearchPanelProps<Found>) {
  const { state, ask, agree, cancel } = props.search;
  switch (state.phase) {
    case 'IDLE':
    case 'ASKING':
      return (
        <p className="note search-note">
          <button type="button" disabled={state.phase === 'ASKING'} onClick={ask}>
            {props.label}
          </button>
        </p>
      );
    case 'AGREEING':
      return (
        <p className="note note-warning search-note">
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
        <p className="note search-note">
          <progress aria-label="Progress of the search" max={1} value={state.progress} />{' '}
          <button type="button" onClick={cancel}>
            Cancel the search
          </button>
        </p>
      );
    case 'REFUSED':
      return (
        <p className="note note-warning search-note" role="alert">
          {state.reason}{' '}
          <button type="button" onClick={ask}>
            Ask again
          </button>
        </p>
      );
    case 'FOUND':
      return (
        <>
          {props.children(state.found)}
          <p className="search-note">
            <button type="button" onClick={ask}>
              Look again
            </button>
          </p>
        </>
      );
  }
}
