import { useState } from 'react';
import { isLost } from '../health/lines.ts';
import { useObservatory } from '../live/observatory.ts';
import { formatAge, formatClock } from '../shared/format.ts';
import { useFrozen, useNow } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';

const RENEWED_MS = 1_000;

/** What the reader must know about the figures: old, paused, or of another process start. */
export function ConnectionNotice() {
  const { link, feed, isPaused } = useObservatory();
  const { phase, sinceMs, hasBeenLive } = useFrozen(useStore(link.state));
  const { restart } = useFrozen(useStore(feed.series));
  const isFrozen = useStore(isPaused);
  const [dismissedAtMs, setDismissedAtMs] = useState<number | null>(null);
  if (phase === 'lost') {
    return <LostNotice sinceMs={sinceMs} hasBeenLive={hasBeenLive} onRetry={feed.retryNow} />;
  }
  return (
    <>
      {isFrozen && (
        <div className="notice" role="status">
          Paused: nothing on screen moves, and the heap is not read. Metrics are still collected.
        </div>
      )}
      {restart !== null && restart.atMs !== dismissedAtMs && (
        <div className="notice" role="status">
          The process was restarted at {formatClock(restart.atMs)}; its charts start anew.
          <button type="button" onClick={() => setDismissedAtMs(restart.atMs)}>
            Dismiss
          </button>
        </div>
      )}
    </>
  );
}

interface LostNoticeProps {
  sinceMs: number;
  hasBeenLive: boolean;
  onRetry: () => void;
}

function LostNotice({ sinceMs, hasBeenLive, onRetry }: LostNoticeProps) {
  const nowMs = useNow(RENEWED_MS);
  if (!isLost('lost', sinceMs, nowMs)) return null;
  const age = formatAge(nowMs - sinceMs);
  return (
    <div className="notice notice-critical" role="alert">
      <span>
        {hasBeenLive
          ? `No connection for ${age}. What you see is from before; the page reconnects by itself and fills the gap.`
          : 'The server does not answer. The page tries again by itself.'}
      </span>
      <button type="button" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}
