/** Call-stack frames as the page shows them. Pure. */
import type { FrameFragment, FrameOrigin } from '../../generated/graphql.ts';

/** Whether it is pprofql's stands where that is told, as in CPU profiles. */
export type Frame = FrameFragment & { isPprofql?: boolean };

/** Whose code a frame is: the program's own, a package's, or the runtime's. */
export type Origin = Lowercase<FrameOrigin>;

export const ORIGINS: readonly Origin[] = ['own', 'dependency', 'runtime'];

export const ORIGIN_NAMES: Record<Origin, string> = {
  own: 'Own code',
  dependency: 'Dependencies',
  runtime: 'Runtime',
};

export function originOf({ origin }: Frame): Origin {
  return origin.toLowerCase() as Origin;
}

/** The first frame of the program itself, top first: what a reader can change. Else the very top. */
export function responsibleFrame<F extends Frame>(frames: readonly F[]): F | undefined {
  return frames.find((frame) => originOf(frame) === 'own') ?? frames[0];
}

/** The named own function that called the responsible frame: it tells why that one ran. */
export function responsibleCaller<F extends Frame>(frames: readonly F[]): F | undefined {
  const own = frames.filter((frame) => originOf(frame) === 'own');
  return own.slice(1).find((frame) => !frame.function.includes('anonymous'));
}

/** What stands before a package's own name, and before that of Go's standard library. */
const PACKAGES = /^(?:.*[\\/])?(?:node_modules|pkg[\\/]mod)[\\/]/;
const STANDARD_LIBRARY = /^.*\/src\//;

/** `src/cache.ts:31`; in a package `express/lib/router.js:12`; in Go's library `net/http/server.go:9`. */
export function shortPlace(frame: Frame): string {
  if (frame.file === '') return 'native';
  const folder = frame.origin === 'RUNTIME' ? STANDARD_LIBRARY : PACKAGES;
  return withLine(frame.path.replace(folder, ''), frame.line);
}

function plainPath(file: string): string {
  if (!file.startsWith('file://')) return file;
  return decodeURIComponent(new URL(file).pathname).replace(/^\/(?=[A-Za-z]:)/, '');
}

/** `/app/src/cache.ts:31`: what editors and terminals open. Empty without a file. */
export function location(frame: Frame): string {
  if (frame.file === '') return '';
  const path = plainPath(frame.file);
  return withLine(path, frame.line);
}

/** As editors and terminals write it. */
export const withLine = (path: string, line: number | null): string =>
  line === null ? path : `${path}:${line}`;

/** Whether any frame's function or file contains the text, ignoring case. */
export function stackMatches(frames: readonly Frame[], text: string): boolean {
  const needle = text.toLowerCase();
  return frames.some(
    (frame) =>
      frame.function.toLowerCase().includes(needle) ||
      withLine(frame.file, frame.line).toLowerCase().includes(needle),
  );
}
