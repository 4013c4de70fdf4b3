import { builder, type TargetView } from '../builder.ts';
import type { SchemaContext } from '../context.ts';
import { TargetType } from './target-field.ts';

async function viewOf(name: string, { diagnostics }: SchemaContext): Promise<TargetView> {
  const target = diagnostics.target(name);
  return { target, status: await target.status() };
}

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
    resolve: async (_root, _args, { diagnostics }) =>
      (await diagnostics.targets()).map((status) => ({
        status,
        target: diagnostics.target(status.name),
      })),
  }),
);
