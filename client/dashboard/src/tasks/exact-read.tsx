/** Tasks read by an enumeration of the heap, shown until the next read of the usual kind. */
import { useState } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import { askTarget } from '../../../core/query/target-query.ts';
import { ExactTasksDocument, type TasksQuery } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { formatDuration } from '../shared/format.ts';

type Goroutines = Answered<TasksQuery>['goroutines'];

export interface ExactRead {
  /** Null where none was asked for, or there is a newer read of the usual kind. */
  goroutines: Goroutines | null;
  /** Why the last one failed; null where it did not. */
  error: string | null;
  isBusy: boolean;
  read(): void;
  /** Back to what was read as usual. */
  leave(): void;
}

/** @param usual what it stands in for */
export function useExactRead(usual: Goroutines | null): ExactRead {
  const { link, target } = useObservatory();
  const [answer, setAnswer] = useState<Goroutines | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function read(): Promise<void> {
    setIsBusy(true);
    setError(null);
    try {
      setAnswer((await askTarget(link.ask, target, ExactTasksDocument, {})).goroutines);
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
    setIsBusy(false);
  }

  const isNewest =
    answer !== null && usual !== null && Date.parse(answer.timestamp) > Date.parse(usual.timestamp);
  return {
    goroutines: isNewest ? answer : null,
    error,
    isBusy,
    read: () => void read(),
    leave: () => setAnswer(null),
  };
}

/** Nothing where the target has no such read. */
export function ExactReadBar({ exact, pauseMs }: { exact: ExactRead; pauseMs: number | null }) {
  if (pauseMs === null) return null;
  const isShown = exact.goroutines !== null;
  return (
    <p className="note exact-read">
      <button type="button" disabled={exact.isBusy} onClick={isShown ? exact.leave : exact.read}>
        {isShown
          ? 'Back to tracked tasks'
          : `Read exactly (stops the program for about ${formatDuration(pauseMs)})`}
      </button>{' '}
      <span role="status">
        {isShown ? 'Every pending promise of the process, until the next read.' : exact.error}
      </span>
    </p>
  );
}
