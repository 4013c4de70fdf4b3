import { builder } from '../builder.ts';
import { TargetType, viewOf, viewsOf } from './target-field.ts';

builder.queryField('target', (t) =>
  t.field({
    type: TargetType,
    nullable: true,
    description:
      'One target, with every field that the query has for the default one. Null, with an error of the code `NOT_FOUND`, where no target has this name.',
    args: { name: t.arg.id({ description: 'Name of one of `targets`.' }) },
    resolve: (_root, { name }, context) => viewOf(name, context),
  }),
);

builder.queryField('targets', (t) =>
  t.field({
    type: [TargetType],
    description:
      'What can be asked about here. The first is the default target: the process that pprofql runs in, or the files that it was started with.',
    resolve: (_root, _args, context) => viewsOf(context),
  }),
);
