import type { TargetStatus } from '../api/targets/target.ts';
import { builder } from './builder.ts';

const TargetKindEnum = builder.enumType('TargetKind', {
  description: 'What a target is.',
  values: {
    NODE: { description: 'The Node process that pprofql runs in.' },
    GO: { description: 'A Go process that serves `net/http/pprof`.' },
    PPROFQL: { description: 'Another process that runs pprofql.' },
    FILE: { description: 'Saved dumps and profiles.' },
  },
});

const TargetStateEnum = builder.enumType('TargetState', {
  description: 'How a target fares.',
  values: {
    NOT_ASKED: { description: 'Nobody has asked it for anything yet.' },
    ANSWERING: { description: 'It answered the last question.' },
    FAILING: { description: 'It did not answer the last question, or not as it should.' },
  },
});

const TargetType = builder.objectRef<TargetStatus>('Target').implement({
  description:
    'A process that can be asked about here. Targets are configured at start (option `targets`, `PPROFQL_TARGETS`), never by a query.',
  fields: (t) => ({
    name: t.exposeID('name', { description: 'What other fields take as `target`.' }),
    kind: t.field({
      type: TargetKindEnum,
      nullable: true,
      description: 'What it is; null until its first answer tells.',
      resolve: ({ kind }) => kind,
    }),
    state: t.field({
      type: TargetStateEnum,
      description: 'Whether it answers.',
      resolve: ({ state }) => state,
    }),
    lastAnswerAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it last answered; null before the first time.',
      resolve: ({ lastAnswerAtMs }) => lastAnswerAtMs,
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why the last question failed; null where it did not.',
    }),
  }),
});

builder.queryField('targets', (t) =>
  t.field({
    type: [TargetType],
    description:
      'What can be asked about here, the default target first: the process that pprofql runs in.',
    resolve: (_root, _args, { diagnostics }) => diagnostics.targets(),
  }),
);
