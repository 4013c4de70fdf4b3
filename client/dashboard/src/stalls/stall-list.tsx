import { useEffect } from 'react';
import { LATEST_STALL } from '../health/evidence-link.ts';
import { useIsGo, useObservatory } from '../live/observatory.ts';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { useUrlParam } from '../state/url-state.ts';
import { StallItem } from './stall-item.tsx';

/** When the event loop stood still, and in which code. */
export function StallList() {
  const { stalls, eventLoop, isPaused } = useObservatory();
  const isGo = useIsGo();
  const unwatched = useStore(eventLoop.state).data?.eventLoop.unwatchedReason ?? null;
  const { data } = useFrozen(useStore(stalls.state), useStore(isPaused));
  const [openId, open] = useUrlParam('overview.stall', '');
  useStallRefresh();
  if (unwatched !== null && !isGo) {
    return <p className="hint">Stalls of the event loop are not watched: {unwatched}.</p>;
  }
  if (data === null || data.stalls.length === 0) return null;
  return (
    <section className="card stalls" aria-label="Stalls of the event loop">
      <h3>Stalls of the event loop</h3>
      <ul>
        {data.stalls.map((stall, index) => {
          const isOpen = stall.id === openId || (index === 0 && openId === LATEST_STALL);
          return (
            <StallItem
              key={stall.id}
              stall={stall}
              isOpen={isOpen}
              onToggle={() => open(isOpen ? '' : stall.id)}
            />
          );
        })}
      </ul>
    </section>
  );
}

/** The stacks are read only when a stall began, was looked into again, or ended. */
function useStallRefresh(): void {
  const { stalls, eventLoop } = useObservatory();
  const [latest] = useStore(eventLoop.state).data?.stalls ?? [];
  const version = latest && `${latest.id} ${latest.looks} ${latest.durationMs}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for has changed
  useEffect(() => {
    void stalls.refresh();
  }, [stalls, version]);
}
