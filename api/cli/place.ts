/** A place in the code as text for a terminal. */
import type { Frame } from '../profile/profile.ts';

/** For example `main.wait  /app/main.go:20` */
export function placeOf(frame: Frame | null | undefined): string {
  if (frame == null) return '(no stack)';
  return frame.file === '' ? frame.function : `${frame.function}  ${frame.file}:${frame.line}`;
}

const CONTROLS = /\p{Cc}/gu;

/** Text out of a file must not steer the terminal. */
export function withoutControls(line: string): string {
  return line.replace(CONTROLS, '�');
}
