import type { StepKind } from '../../api/heap-snapshot/holders/steps.ts';
import type { HolderNode, ToldStep } from '../../api/heap-snapshot/holders/types.ts';
import { builder } from '../builder.ts';

export type ShownStep = ToldStep & { path: string | null };
export type ShownNode = HolderNode & ShownStep;

const HolderStepKindEnum = builder.enumType('HolderStepKind', {
  description: 'How one thing on a path holds the next.',
  values: {
    ROOT: { description: 'A root: V8 or Node itself holds what comes next.' },
    GLOBAL: { description: 'A property of the global object.' },
    VARIABLE: { description: 'A variable of a file, or one that a function has closed over.' },
    PROPERTY: { description: 'A property of an object.' },
    ENTRY: {
      description:
        'An element of an array, an entry of a `Map` or `Set`, or a property of an object that is used as one: its key is not told, since it may be a value.',
    },
    INTERNAL: { description: 'Held by what V8 or Node keeps for itself, as a bound function.' },
  } satisfies Record<StepKind, { description: string }>,
});

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

function stepFields(t: PothosSchemaTypes.ObjectFieldBuilder<Types, ShownStep>) {
  return {
    kind: t.field({
      type: HolderStepKindEnum,
      description: 'How the thing is held by the step before.',
      resolve: (step) => step.kind,
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Name of the variable or property; null for an entry.',
    }),
    className: t.exposeString('className', {
      description:
        'Class of what is held there, such as `Map`; `function` for a function, `string` and the like for a value, which itself is not told.',
    }),
    function: t.exposeString('function', {
      nullable: true,
      description:
        'Function that has closed over the variable, that is held, or that a timer calls; null where there is none.',
    }),
    file: t.exposeString('file', {
      nullable: true,
      description:
        'Path or URL of the file of the function, or that the variable is in; null where unknown.',
    }),
    path: t.exposeString('path', {
      nullable: true,
      description:
        'The file of the function or variable as people read it: relative to the folder of the program where it lies in it; null where `file` is.',
    }),
    line: t.exposeInt('line', {
      nullable: true,
      description:
        '1-based line where the function begins; null where unknown, and for a variable of a whole file.',
    }),
  };
}

export const HolderStepType = builder.objectRef<ShownStep>('HolderStep').implement({
  description: 'One thing on the way from a root to the objects.',
  fields: (t) => stepFields(t),
});

export const HolderNodeType = builder.objectRef<ShownNode>('HolderNode').implement({
  description:
    'One box of the tree of all paths from a root to the objects. The tree comes as a list, since GraphQL cannot recurse.',
  fields: (t) => ({
    parent: t.exposeInt('parent', {
      nullable: true,
      description:
        'Index of the step before in the same list, always smaller than this one’s; null for a first step.',
    }),
    share: t.exposeFloat('share', {
      description: 'Of the objects of the allocation, the part that hangs below this step, 0 to 1.',
    }),
    ...stepFields(t as never),
  }),
});
