import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import { ProcessDocument, type ProcessQuery } from '../../generated/graphql.ts';
import { useStore } from '../state/store.ts';
import { useObservatory } from './observatory.ts';
import { useTargetQuery } from './target-query.ts';

const ProcessContext = createContext<Answered<ProcessQuery> | null>(null);

/** Asks once for the constant facts about the observed process, and again after its restart. */
export function ProcessProvider({ children }: { children: ReactNode }) {
  const { link, feed } = useObservatory();
  const { phase } = useStore(link.state);
  const { instanceId } = useStore(feed.series);
  const [data, , ask] = useTargetQuery(ProcessDocument, {});
  const isOutdated = instanceId !== null && data?.process.instanceId !== instanceId;
  useEffect(() => {
    if (isOutdated && phase === 'live') ask();
  }, [isOutdated, phase, ask]);
  // A target that does not answer for a while is still the same.
  const known = useRef<Answered<ProcessQuery> | null>(null);
  if (data !== undefined) known.current = data;
  return <ProcessContext value={known.current}>{children}</ProcessContext>;
}

/** Constant facts about the observed process; null before they are known. */
export function useProcess(): Answered<ProcessQuery> | null {
  return useContext(ProcessContext);
}

/** Why the target does not tell this field, such as `cpu`; null where it does, or is not known yet. */
export function useUnavailableReason(field: string): string | null {
  const entries = useProcess()?.pprof.unavailable;
  return entries?.find((entry) => entry.field === field)?.reason ?? null;
}
