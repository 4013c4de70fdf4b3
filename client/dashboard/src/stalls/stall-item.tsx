import { useEffect, useRef } from 'react';
import type { EventLoopState, StallRowFragment } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { responsibleFrame } from '../frames/frames.ts';
import { formatClock, formatCount, formatDuration, plural } from '../shared/format.ts';

const STATE_NAMES: Record<EventLoopState, string> = {
  RUNNING_JAVASCRIPT: 'JavaScript',
  IN_NATIVE_CODE: 'native code',
  PAUSED_BY_DEBUGGER: 'debugger',
  READ_BY_PPROFQL: 'pprofql',
  RESPONSIVE: 'unknown',
  UNKNOWN: 'unknown',
};

interface StallItemProps {
  stall: StallRowFragment;
  isOpen: boolean;
  onToggle: () => void;
}

export function StallItem({ stall, isOpen, onToggle }: StallItemProps) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const frame = responsibleFrame(stall.stacks[0]?.frames ?? []);
  return (
    <li ref={ref}>
      <button type="button" className="disclosure" aria-expanded={isOpen} onClick={onToggle}>
        <span className="place">
          <span>{formatClock(Date.parse(stall.startedAt))}</span>
          {stall.durationMs === null ? (
            <span className="tag tag-critical">lasting</span>
          ) : (
            <strong>{formatDuration(stall.durationMs)}</strong>
          )}
          <span className="tag">{STATE_NAMES[stall.state]}</span>
          {frame !== undefined && (
            <>
              <span className="place-function">{frame.function}</span>
              <FramePlace frame={frame} />
            </>
          )}
        </span>
      </button>
      {isOpen && <StallDetail stall={stall} />}
    </li>
  );
}

/** What the thread was found running, most often first. */
function StallDetail({ stall }: { stall: StallRowFragment }) {
  return (
    <div className="stall-detail">
      <p className="note">{stall.sentence}</p>
      {stall.stacks.length === 0 && <p className="hint">No stack was found.</p>}
      {stall.stacks.map((stack, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stack has no id, and order is by count
        <div key={index}>
          <p className="hint">
            Found {plural(stack.looks, 'time')}
            {stack.isNativeCaller && ', as native code returned to it'}
          </p>
          <FrameList frames={stack.frames} />
        </div>
      ))}
      {stall.droppedLooks > 0 && (
        <p className="hint">{formatCount(stall.droppedLooks)} further stacks were not kept.</p>
      )}
    </div>
  );
}
