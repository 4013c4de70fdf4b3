/** A place in the code as text for a terminal. */
import type { Frame } from '../profile/profile.ts';

/** For example `main.wait  /app/main.go:20` */
export function placeOf(frame: Frame | null | undefined): string {
  if (frame == null) return '(no stack)';
  if (frame.file === '') return frame.function;
  const place = frame.line > 0 ? `${frame.file}:${frame.line}` : frame.file;
  return `${frame.function}  ${place}`;
}

const CONTROLS = /\p{Cc}/gu;

/** Text out of a file must not steer the terminal. */
export function withoutControls(line: string): string {
  return line.replace(CONTROLS, '�');
}
