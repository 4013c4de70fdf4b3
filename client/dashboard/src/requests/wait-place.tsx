import { FramePlace } from '../frames/frame-place.tsx';
import type { Frame } from '../frames/frames.ts';

/** The line that somebody waits at, or what is known instead. */
export function WaitPlace({ frame, otherwise }: { frame: Frame | null; otherwise: string }) {
  if (frame === null) return <span className="muted">{otherwise}</span>;
  return (
    <span className="place">
      <span className="place-function">{frame.function}</span>
      <FramePlace frame={frame} />
    </span>
  );
}
