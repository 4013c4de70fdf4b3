import { builder } from '../builder.ts';

/** The argument by which a field is asked of another target than the default one. */
export function targetArgument() {
  return builder.args((t) => ({
    target: t.id({
      required: false,
      description:
        'Name of one of `targets`; null: the default one, which is this process. `NOT_FOUND` for another name.',
    }),
  }));
}
