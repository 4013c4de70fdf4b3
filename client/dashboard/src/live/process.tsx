import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { useQuery } from 'urql';
import { ProcessDocument, type ProcessQuery } from '../../generated/graphql.ts';
import { useStore } from '../shared/store.ts';
import { useObservatory } from './observatory.ts';

const ProcessContext = createContext<ProcessQuery | null>(null);

/** Asks once for the constant facts about the observed process, and again after its restart. */
export function ProcessProvider({ children }: { children: ReactNode }) {
  const { link, feed } = useObservatory();
  const { phase } = useStore(link.state);
  const { instanceId } = useStore(feed.series);
  const [{ data }, ask] = useQuery({ query: ProcessDocument, pause: phase !== 'live' });
  const isOutdated = instanceId !== null && data?.process.instanceId !== instanceId;
  useEffect(() => {
    if (isOutdated && phase === 'live') ask();
  }, [isOutdated, phase, ask]);
  return <ProcessContext value={data ?? null}>{children}</ProcessContext>;
}

/** Constant facts about the observed process; null before they are known. */
export function useProcess(): ProcessQuery | null {
  return useContext(ProcessContext);
}

/** The working directory of the observed process, to shorten paths; empty before it is known. */
export function useCwd(): string {
  return useProcess()?.process.cwd ?? '';
}
