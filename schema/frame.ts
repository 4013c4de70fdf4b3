import type { FieldRef } from '@pothos/core';
import type { FrameOrigin } from '../api/base/files/frame-origin.ts';
import type { Frame } from '../api/profile/profile.ts';
import { builder } from './builder.ts';

const FrameOriginEnum = builder.enumType('FrameOrigin', {
  description: 'Whose code a frame is: what can be changed, and by whom.',
  values: {
    OWN: { description: 'Code of the program itself.' },
    DEPENDENCY: {
      description:
        'Code of a package: in `node_modules`, Go’s module cache or a vendor folder; pprofql’s as well.',
    },
    RUNTIME: {
      description: 'Code of Node or Go, the standard library included; or no file is known.',
    },
  } satisfies Record<FrameOrigin, { description: string }>,
});

const FUNCTION_DESCRIPTION =
  'Function name as the runtime gives it; `(anonymous)` where it has none. Empty where no stack is known.';
const FILE_DESCRIPTION =
  'Path or URL of the source file, by the script’s source map where it has one, else of the script. Empty for the runtime’s own code without a file.';
const PATH_DESCRIPTION =
  'The source file as people read it: relative to the folder of the program (`process.programRoot`) where it lies in it, else its path or URL. Empty for the runtime’s own code without a file.';
const ORIGIN_DESCRIPTION = 'Whose code stands at this place: what can be changed, and by whom.';
const CALL_LINE_DESCRIPTION =
  '1-based line of the call; in allocation stacks the line where the function begins, since V8’s heap sampler keeps no finer position. Null where unknown.';

/** What has a place in the code: one piece of a client shows them all. */
export const CodePlaceInterface = builder.interfaceRef<unknown>('CodePlace').implement({
  description: 'What stands at a place in the code: a frame, or a row of a table about a function.',
  fields: (t) => ({
    function: t.string({ description: FUNCTION_DESCRIPTION }),
    file: t.string({ description: FILE_DESCRIPTION }),
    path: t.string({ description: PATH_DESCRIPTION }),
    line: t.int({
      nullable: true,
      description: '1-based line of the call, or where the function begins. Null where unknown.',
    }),
    origin: t.field({ type: FrameOriginEnum, description: ORIGIN_DESCRIPTION }),
  }),
});

/** The largest `Int`. */
const LAST_LINE = 2 ** 31 - 1;

/** Runtimes and profiles say 0 for none, and a broken profile may say anything. */
const lineOf = ({ line }: Frame) => (line > 0 && line <= LAST_LINE ? line : null);

const NOWHERE: Frame = { function: '', file: '', line: 0 };

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

/** The fields of `CodePlace`. Their descriptions say what the place means for this type. */
export function placeFields<Parent>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>,
  frameOf: (parent: Parent) => Frame | undefined,
  descriptions: { function?: string; file?: string; line?: string } = {},
): Record<'function' | 'file' | 'path' | 'line' | 'origin', FieldRef<Types>> {
  const placeOf = (parent: Parent): Frame => frameOf(parent) ?? NOWHERE;
  return {
    function: t.string({
      description: descriptions.function ?? FUNCTION_DESCRIPTION,
      resolve: (parent) => placeOf(parent).function,
    }),
    file: t.string({
      description: descriptions.file ?? FILE_DESCRIPTION,
      resolve: (parent) => placeOf(parent).file,
    }),
    path: t.string({
      description: PATH_DESCRIPTION,
      resolve: (parent) => placeOf(parent).path ?? placeOf(parent).file,
    }),
    line: t.int({
      nullable: true,
      description: descriptions.line ?? CALL_LINE_DESCRIPTION,
      resolve: (parent) => lineOf(placeOf(parent)),
    }),
    origin: t.field({
      type: FrameOriginEnum,
      description: ORIGIN_DESCRIPTION,
      resolve: (parent, _args, { diagnostics }) => diagnostics.originOf(placeOf(parent).file),
    }),
  };
}

export const FrameType = builder.objectRef<Frame>('Frame').implement({
  interfaces: [CodePlaceInterface],
  description: 'One place in the code: a frame of a call stack.',
  fields: (t) => placeFields(t, (frame) => frame),
});

/**
 * The compact form of a stack: a function name and `"\tfile:line"` in turn, top frame first, as
 * Go's dumps have it. The same in every table, so that one piece of code renders them all.
 */
export function stackLines(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => [frame.function, `\t${placeText(frame)}`]);
}

function placeText({ file, line }: Frame): string {
  if (file === '') return '<builtin>';
  return line > 0 ? `${file}:${line}` : file;
}

/** A full call stack in both forms. */
export function stackFields<Parent>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>,
  framesOf: (parent: Parent) => readonly Frame[],
): Record<'stack' | 'frames', FieldRef<Types>> {
  return {
    stack: t.stringList({
      description:
        'The full stack as text: a function name and `"\\tfile:line"` in turn, top frame first. A function of the engine has `<builtin>` for its place, and one whose line is not known its file alone.',
      resolve: (parent) => stackLines(framesOf(parent)),
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The full call stack as objects, top frame first.',
      resolve: (parent) => [...framesOf(parent)],
    }),
  };
}
