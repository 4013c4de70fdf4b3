import { type FrameOrigin, frameOrigin } from '../api/base/frame-origin.ts';
import type { Frame } from '../api/profile/profile.ts';
import { builder } from './builder.ts';

export const PATH_DESCRIPTION =
  'The same for people: relative to the folder of the program (`process.programRoot`) where it lies in it.';

export const shownPath = ({ path, file }: Frame): string => path ?? file;

export const ORIGIN_DESCRIPTION = 'Whose code it is: what can be changed, and by whom.';

export const FrameOriginEnum = builder.enumType('FrameOrigin', {
  description: 'Whose code a frame is.',
  values: {
    OWN: { description: 'The program’s own.' },
    DEPENDENCY: {
      description:
        'A package’s: in `node_modules`, Go’s module cache or a vendor folder; pprofql’s as well.',
    },
    RUNTIME: {
      description: 'Node’s or Go’s, the standard library included; or no file is known.',
    },
  } satisfies Record<FrameOrigin, { description: string }>,
});

export const FrameType = builder.objectRef<Frame>('Frame').implement({
  description: 'One place in the code: a frame of a call stack.',
  fields: (t) => ({
    function: t.exposeString('function', {
      description: 'Function name as the runtime gives it; `(anonymous)` where it has none.',
    }),
    file: t.exposeString('file', {
      description:
        "Path or URL of the source file, by the script's source map where it has one, else of the script; empty for the runtime's own code without a file.",
    }),
    path: t.string({
      description: PATH_DESCRIPTION,
      resolve: shownPath,
    }),
    origin: t.field({
      type: FrameOriginEnum,
      description: ORIGIN_DESCRIPTION,
      resolve: ({ file }) => frameOrigin(file),
    }),
    line: t.exposeInt('line', {
      description:
        '1-based line of the call; in allocation stacks the line where the function begins, since V8’s heap sampler keeps no finer position. 0 where unknown.',
    }),
  }),
});

/**
 * The compact form of a stack: a function name and `"\tfile:line"` in turn, top frame first, as
 * Go's dumps have it. The same in every table, so that one piece of code renders them all.
 */
export function stackLines(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => [frame.function, `\t${frame.file}:${frame.line}`]);
}
