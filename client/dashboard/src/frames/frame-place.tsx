import { type Frame, location, shortPlace } from './frames.ts';

/** Where a frame stands, short; in full under the pointer. */
export function FramePlace({ frame }: { frame: Frame }) {
  return (
    <span className="frame-place" title={location(frame)}>
      {shortPlace(frame)}
    </span>
  );
}
