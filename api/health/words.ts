/** Figures and places as they stand in a finding's sentence. */
import { frameOrigin, isOwn } from '../base/files/frame-origin.ts';
import type { Frame } from '../profile/profile.ts';

const NAMELESS = '(anonymous)';

/** For example 0.954 → `95 %`. */
export function shareWords(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** For example `1,234 tasks`. */
export function countWords(count: number, noun: string): string {
  return `${groupedDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** For example 1234567 → `1,234,567`. */
export function groupedDigits(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** For example `loadUser (src/user.ts:7)`. */
export function frameWords(frame: Frame): string {
  return frame.file === '' ? frame.function : `${frame.function} (${placeWords(frame)})`;
}

/** For example `src/user.ts:7`. */
function placeWords({ path, file, line }: Frame): string {
  return `${path ?? file}${line > 0 ? `:${line}` : ''}`;
}

/**
 * The first frame of the program's own code, which its reader can change; null for none. A function
 * without a name, such as what is given to `new Promise` or to `map`, is known by the name of the one that
 * it is written in.
 */
export function culpritOf(frames: readonly Frame[]): Frame | null {
  const at = frames.findIndex(isOwn);
  const first = frames[at];
  if (first === undefined) return null;
  if (first.function !== NAMELESS) return withoutAlias(first);
  const caller = frames.slice(at + 1).find(({ file }) => file !== '');
  const isWithin = caller?.file === first.file && caller.function !== NAMELESS;
  return isWithin ? withoutAlias({ ...first, function: caller.function }) : first;
}

/** The same, or the first frame of a package where none is the program's own; null where only the runtime is known. */
export function nearestOf(frames: readonly Frame[]): Frame | null {
  const ofPackage = ({ file }: Frame) => file !== '' && frameOrigin(file) === 'DEPENDENCY';
  return culpritOf(frames) ?? frames.find(ofPackage) ?? null;
}

/** For example `Timeout.follow [as _onTimeout]` → `Timeout.follow`: what it was called as is no name of its own. */
function withoutAlias(frame: Frame): Frame {
  const at = frame.function.indexOf(' [as ');
  return at < 0 ? frame : { ...frame, function: frame.function.slice(0, at) };
}
