/** Who holds an allocation: what it would cost first, then, once that is agreed to, the search. */
import { useEffect, useRef, useState } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import {
  EndHoldersDocument,
  FindHoldersDocument,
  type FindHoldersMutation,
  HoldersCostDocument,
  type HoldersCostQuery,
  HoldersProgressDocument,
} from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { explain } from '../live/source.ts';

export type FoundHolders = Answered<FindHoldersMutation>['takeHolders'];
export type HoldersCost = Answered<HoldersCostQuery>['holdersEstimate'];

export type HolderSearchState =
  | { phase: 'IDLE' | 'ASKING' }
  | { phase: 'AGREEING'; cost: HoldersCost }
  | { phase: 'SEARCHING'; progress: number }
  | { phase: 'FOUND'; holders: FoundHolders }
  | { phase: 'REFUSED'; reason: string };

export interface HolderSearch {
  state: HolderSearchState;
  /** Asks what it would cost. */
  ask(): void;
  /** Begins the search. */
  agree(cost: HoldersCost): void;
  /** Ends it, or leaves the question. */
  cancel(): void;
}

/** An estimate may be too low: the search is not refused for a little more. */
const LENIENCE = 2;
const PROGRESS_RENEWED_MS = 300;

export function useHolderSearch(allocation: string): HolderSearch {
  const { link } = useObservatory();
  const [state, setState] = useState<HolderSearchState>({ phase: 'IDLE' });
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

  function tell(next: HolderSearchState): void {
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

  async function agree({ pauseMs }: HoldersCost): Promise<void> {
    setState({ phase: 'SEARCHING', progress: 0 });
    try {
      const request = { allocation, maxPauseMs: LENIENCE * pauseMs };
      const { takeHolders: holders } = await link.ask(FindHoldersDocument, request);
      tell({ phase: 'FOUND', holders: holders! });
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
