/** Brings the frames of readings from where they ran to where they were written. */
import type { StackFrame } from '../probe/readings/tasks.ts';
import { displayPath } from '../profile/display-path.ts';
import type { FrameColumns } from '../profile/from-readings/frame-columns.ts';
import type { Place } from './original-places.ts';
import type { ReadLoaded, SourceMaps, SourceMapsOptions } from './source-maps.ts';

export interface FrameLocator {
  /** The same call tree with the original places; the reading's own columns stay as they are. */
  locateTree<Reading extends TreeColumns>(reading: Reading): Promise<Reading>;
  /** The same reading with the original places in its stacks. */
  locateStacks<Reading extends { stacks: StackFrame[][] }>(reading: Reading): Promise<Reading>;
  /**
   * @param deadlineMs how long to wait for source maps
   * @param readLoaded of the thread that they are of. @default the main thread's
   */
  locateStack(
    frames: readonly StackFrame[],
    deadlineMs: number,
    readLoaded?: ReadLoaded,
  ): Promise<StackFrame[]>;
}

/** The places of a call tree, one entry a node, as heap and CPU readings have them. */
interface TreeColumns extends FrameColumns {
  strings: string[];
  file: Int32Array | number[];
  line: Int32Array | number[];
  column?: Int32Array | number[];
}

export function createFrameLocator(
  maps: SourceMaps,
  { programRoot }: Pick<SourceMapsOptions, 'programRoot'>,
): FrameLocator {
  /** @param paths those of the files met so far */
  function locateFrame(
    frame: StackFrame,
    original: Place | null,
    paths: Map<string, string>,
  ): StackFrame {
    const { file, line, column } = original ?? frame;
    const path = paths.get(file) ?? displayPath(file, programRoot);
    paths.set(file, path);
    return { function: frame.function, file, line, column, path, isAsync: frame.isAsync };
  }

  return {
    async locateTree(reading) {
      const places = Array.from(reading.file, (index, node) => ({
        file: reading.strings[index]!,
        line: reading.line[node]!,
        column: reading.column?.[node] ?? 0,
      }));
      const originals = await maps.originalsOf(places);
      return { ...reading, ...withOriginals(reading, originals), programRoot };
    },
    async locateStacks(reading) {
      const originals = await maps.originalsOf(reading.stacks.flat());
      const paths = new Map<string, string>();
      let at = 0;
      const stacks = reading.stacks.map((stack) =>
        stack.map((frame) => locateFrame(frame, originals[at++]!, paths)),
      );
      return { ...reading, stacks };
    },
    async locateStack(frames, deadlineMs, readLoaded) {
      const originals = await maps.originalsOf(frames, { deadlineMs, readLoaded });
      const paths = new Map<string, string>();
      return frames.map((frame, at) => locateFrame(frame, originals[at]!, paths));
    },
  };
}

function withOriginals(
  reading: TreeColumns,
  originals: readonly (Place | null)[],
): Pick<TreeColumns, 'strings' | 'file' | 'line' | 'column'> {
  const strings = [...reading.strings];
  const indexes = new Map(strings.map((text, index) => [text, index]));
  const indexOf = (text: string): number => {
    const known = indexes.get(text);
    if (known !== undefined) return known;
    indexes.set(text, strings.length);
    return strings.push(text) - 1;
  };
  const file = reading.file.slice();
  const line = reading.line.slice();
  const column = reading.column?.slice();
  for (const [node, original] of originals.entries()) {
    if (original === null) continue;
    file[node] = indexOf(original.file);
    line[node] = original.line;
    if (column !== undefined) column[node] = original.column;
  }
  return { strings, file, line, column };
}
