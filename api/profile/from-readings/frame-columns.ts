/** The frames of a reading that has them as columns, one entry a node of its call tree. */
import { displayPath, toPath } from '../display-path.ts';
import type { Frame } from '../profile.ts';

export interface FrameColumns {
  strings: readonly string[];
  /** Indexes into `strings`. */
  functionName: ArrayLike<number>;
  file: ArrayLike<number>;
  line: ArrayLike<number>;
  /** Absent where the reading has no columns. */
  column?: ArrayLike<number>;
  /** The program's folder, to which shown paths are relative; absent where unknown. */
  programRoot?: string;
}

export interface InternedFrames {
  frames: Frame[];
  /** Index into `frames` of each node. */
  frameOfNode: Int32Array;
}

/** Equal places become one frame. `file:` URLs become paths, so that all modules read alike. */
export function internFrames(columns: FrameColumns): InternedFrames {
  const { strings, functionName, file, line, column, programRoot } = columns;
  const frames: Frame[] = [];
  const indexByPlace = new Map<string, number>();
  const paths = new Map<number, string>();
  const pathOf = (index: number): string => {
    const known = paths.get(index) ?? toPath(strings[index]!);
    paths.set(index, known);
    return known;
  };
  const frameOfNode = Int32Array.from(functionName, (name, node) => {
    const frame: Frame = {
      function: strings[name] || '(anonymous)',
      file: pathOf(file[node]!),
      line: line[node]!,
    };
    if (column !== undefined && column[node]! > 0) frame.column = column[node];
    const place = `${name} ${frame.line} ${frame.column} ${frame.file}`;
    const known = indexByPlace.get(place);
    if (known !== undefined) return known;
    indexByPlace.set(place, frames.length);
    if (programRoot !== undefined) frame.path = displayPath(frame.file, programRoot);
    return frames.push(frame) - 1;
  });
  return { frames, frameOfNode };
}

const NO_PARENT = -1;

/** The frames from this node up to its root. */
export function stackOf(
  leaf: number,
  parent: ArrayLike<number>,
  frameOfNode: ArrayLike<number>,
): number[] {
  const stack: number[] = [];
  for (let node = leaf; node !== NO_PARENT; node = parent[node]!) stack.push(frameOfNode[node]!);
  return stack;
}
