import { CopyButton } from '../shared/copy-button.tsx';
import { FramePlace } from './frame-place.tsx';
import { type Frame, location, ORIGIN_NAMES, originOf } from './frames.ts';

/** A call stack, top frame first; the program's own frames stand out. */
export function FrameList({ frames }: { frames: readonly Frame[] }) {
  if (frames.length === 0) return <p className="hint">No stack is known.</p>;
  const text = frames.map((frame) => `${frame.function}\n\t${location(frame)}`).join('\n');
  return (
    <div className="stack">
      <div className="stack-actions">
        <CopyButton text={text} label="Copy the whole stack" />
      </div>
      <ol>
        {frames.map((frame, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a recursive stack repeats its frames
          <li key={index} className={`frame frame-${originOf(frame)}`}>
            <span className="frame-function">{frame.function}</span>
            <FramePlace frame={frame} />
            {originOf(frame) !== 'own' && (
              <span className="frame-origin">{ORIGIN_NAMES[originOf(frame)]}</span>
            )}
            {frame.file !== '' && (
              <CopyButton text={location(frame)} label={`Copy ${location(frame)}`} />
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
