import { useEffect } from 'react';
import type { Source } from '../live/source.ts';

/** A read may stop the observed program for a moment: rarely, and only while somebody looks. */
const PERIOD_MS = 30_000;

/** Reads the heap when the section opens and then at a gentle period while it is in view. */
export function useGentleRefresh<T>(source: Source<T>, isPaused: boolean): void {
  useEffect(() => {
    if (isPaused) return;
    const isStale = () => Date.now() - (source.state.get().receivedAtMs ?? 0) >= PERIOD_MS;
    const refresh = () => {
      if (document.visibilityState === 'visible' && isStale()) void source.refresh();
    };
    refresh();
    const timer = setInterval(refresh, PERIOD_MS / 6);
    return () => clearInterval(timer);
  }, [source, isPaused]);
}
