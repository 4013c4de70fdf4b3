/** Call-stack frames as the page shows them. Pure. */

export interface Frame {
  function: string;
  file: string;
  /** 1-based; 0 where unknown. */
  line: number;
}

/** Whose code a frame is: the program's own, a package's, or the runtime's. */
export type Origin = 'own' | 'dependency' | 'runtime';

export const ORIGIN_NAMES: Record<Origin, string> = {
  own: 'Own code',
  dependency: 'Dependencies',
  runtime: 'Node.js',
};

export function originOf({ file }: Frame): Origin {
  if (file === '' || file.startsWith('node:')) return 'runtime';
  return file.includes('/node_modules/') || file.includes('\\node_modules\\')
    ? 'dependency'
    : 'own';
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

/** `file:///app/src/cache.ts` below `/app` → `src/cache.ts`; in a package: `express/lib/router.js`. */
export function shortFile(file: string, cwd: string): string {
  const path = plainPath(file);
  const packages = path.split(/[\\/]node_modules[\\/]/);
  if (packages.length > 1) return packages.at(-1) ?? path;
  const root = /[\\/]$/.test(cwd) ? cwd : `${cwd}/`;
  return cwd !== '' && path.startsWith(root) ? path.slice(root.length) : path;
}

function plainPath(file: string): string {
  if (!file.startsWith('file://')) return file;
  return decodeURIComponent(new URL(file).pathname).replace(/^\/(?=[A-Za-z]:)/, '');
}

/** `cache.ts:31`: as short as it is still clear in a sentence. */
export function placeName(frame: Frame): string {
  const name = frame.file.split(/[\\/]/).at(-1) ?? '';
  if (name === '') return frame.function;
  return frame.line > 0 ? `${name}:${frame.line}` : name;
}

/** `/app/src/cache.ts:31`: what editors and terminals open. Empty without a file. */
export function location(frame: Frame): string {
  if (frame.file === '') return '';
  const path = plainPath(frame.file);
  return frame.line > 0 ? `${path}:${frame.line}` : path;
}

/** Whether any frame's function or file contains the text, ignoring case. */
export function stackMatches(frames: readonly Frame[], text: string): boolean {
  const needle = text.toLowerCase();
  return frames.some(
    (frame) =>
      frame.function.toLowerCase().includes(needle) ||
      `${frame.file}:${frame.line}`.toLowerCase().includes(needle),
  );
}
