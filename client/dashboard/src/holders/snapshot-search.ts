/** A search of a heap snapshot: what it would cost first, then, once that is agreed to, the search. */
import { useEffect, useRef, useState } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import {
  EndHoldersDocument,
  HoldersCostDocument,
  type HoldersCostQuery,
  HoldersProgressDocument,
} from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { explain } from '../live/source.ts';

export type SearchCost = Answered<HoldersCostQuery>['holdersEstimate'];

export type SnapshotSearchState<Found> =
  | { phase: 'IDLE' | 'ASKING' }
  | { phase: 'AGREEING'; cost: SearchCost }
  | { phase: 'SEARCHING'; progress: number }
  | { phase: 'FOUND'; found: Found }
  | { phase: 'REFUSED'; reason: string };

export interface SnapshotSearch<Found> {
  state: SnapshotSearchState<Found>;
  /** Asks what it would cost. */
  ask(): void;
  /** Begins the search. */
  agree(cost: SearchCost): void;
  /** Ends it, or leaves the question. */
  cancel(): void;
}

/** An estimate may be too low: the search is not refused for a little more. */
const LENIENCE = 2;
const PROGRESS_RENEWED_MS = 300;

/** @param take Takes the snapshot, and searches it; the program may be stopped for so long. */
export function useSnapshotSearch<Found>(
  take: (maxPauseMs: number) => Promise<Found>,
): SnapshotSearch<Found> {
  const { link } = useObservatory();
  const [state, setState] = useState<SnapshotSearchState<Found>>({ phase: 'IDLE' });
  const isHere = useRef(true);
  const isSearching = state.phase === 'SEARCHING';

  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  useEffect(() => {
    if (!isSearching) return;
    const renewal = setInterval(async () => {
      const data = await link.ask(HoldersProgressDocument, {}).catch(() => null);
      const progress = data?.holdersStatus?.progress;
      if (progress === undefined) return;
      setState((now) => (now.phase === 'SEARCHING' ? { ...now, progress } : now));
    }, PROGRESS_RENEWED_MS);
    return () => clearInterval(renewal);
  }, [isSearching, link]);

  function tell(next: SnapshotSearchState<Found>): void {
    if (isHere.current) setState(next);
  }

  async function ask(): Promise<void> {
    setState({ phase: 'ASKING' });
    try {
      const { holdersEstimate: cost } = await link.ask(HoldersCostDocument, {});
      tell({ phase: 'AGREEING', cost: cost! });
    } catch (error) {
      tell({ phase: 'REFUSED', reason: explain(error) });
    }
  }

  async function agree({ pauseMs }: SearchCost): Promise<void> {
    setState({ phase: 'SEARCHING', progress: 0 });
    try {
      tell({ phase: 'FOUND', found: await take(LENIENCE * pauseMs) });
    } catch (error) {
      tell({ phase: 'REFUSED', reason: explain(error) });
    }
  }

  function cancel(): void {
    if (isSearching) void link.ask(EndHoldersDocument, {}).catch(() => {});
    else setState({ phase: 'IDLE' });
  }

  return { state, ask: () => void ask(), agree: (cost) => void agree(cost), cancel };
}
