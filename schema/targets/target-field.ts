/** Fields that every target has, and that are fields of the query for the default target. */
import type { ObservedTarget, TargetKind, TargetState } from '../../api/targets/target.ts';
import { builder, type TargetView } from '../builder.ts';
import type { SchemaContext } from '../context.ts';
import { ChildType } from './child.ts';
import { InstanceType } from './fleet/instance.ts';
import { ThreadType } from './thread.ts';

const TargetKindEnum = builder.enumType('TargetKind', {
  description: 'What a target is.',
  values: {
    NODE: { description: 'A Node process; the one that pprofql runs in has no parent.' },
    NODE_THREAD: { description: 'A worker thread of a Node process.' },
    GO: { description: 'A Go process that serves `net/http/pprof`.' },
    PPROFQL: { description: 'Another process that runs pprofql.' },
    FILE: { description: 'Saved dumps and profiles.' },
    FLEET: {
      description:
        'All instances of a fleet together, as `pprofql fleet` serves them: it has a health, and is otherwise asked by its instances.',
    },
    UNKNOWN: {
      description: 'A process on the network that has not answered yet: its first answer tells.',
    },
  } satisfies Record<TargetKind | 'UNKNOWN', { description: string }>,
});

const TargetStateEnum = builder.enumType('TargetState', {
  description: 'How a target fares.',
  values: {
    NOT_ASKED: { description: 'Nobody has asked the target for anything yet.' },
    ANSWERING: { description: 'The target answered the last question.' },
    FAILING: { description: 'The target did not answer the last question, or not as it should.' },
  } satisfies Record<TargetState, { description: string }>,
});

export const TargetType = builder.objectRef<TargetView>('Target').implement({
  description:
    'Something that can be asked about here: a process, one of its worker threads, or saved files. Other processes are configured at start (option `targets`, `PPROFQL_TARGETS`), never by a query; worker threads, and child processes that run pprofql as well, come and go by themselves.',
  fields: (t) => ({
    name: t.id({
      description:
        'Name of the target as it was configured, unique among the targets; `self` is the process that pprofql runs in, `worker-3` its worker thread with the `threadId` 3, and `child-1234` the child process with that pid. Once that has ended, the name is `NOT_FOUND`. Of a fleet, `fleet` is the whole, and an instance is named by its host, its pid and the beginning of its id, for as long as anything is kept of it.',
      resolve: ({ target }) => target.name,
    }),
    kind: t.field({
      type: TargetKindEnum,
      description: 'What the target is.',
      resolve: ({ status }) => status.kind ?? 'UNKNOWN',
    }),
    state: t.field({
      type: TargetStateEnum,
      description: 'Whether the target answers.',
      resolve: ({ status }) => status.state,
    }),
    lastAnswerAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the target last answered a question; null before its first answer.',
      resolve: ({ status }) => status.lastAnswerAtMs,
    }),
    error: t.string({
      nullable: true,
      description:
        'Why the last question to the target failed, in one sentence; null where it did not fail.',
      resolve: ({ status }) => status.error,
    }),
  }),
});

builder.objectFields(TargetType, (t) => ({
  title: t.string({
    nullable: true,
    description:
      'What the target is for people, such as `worker-3 of pool.js`; null where its name says it.',
    resolve: ({ status }) => status.title ?? null,
  }),
  thread: t.field({
    type: ThreadType,
    nullable: true,
    description: 'The worker thread that the target is; null for a target of another kind.',
    resolve: ({ status }) => status.thread ?? null,
  }),
  child: t.field({
    type: ChildType,
    nullable: true,
    description: 'The child process that the target is; null for a target of another kind.',
    resolve: ({ status }) => status.child ?? null,
  }),
  instance: t.field({
    type: InstanceType,
    nullable: true,
    description: 'The instance of a fleet that the target is; null for a target of another kind.',
    resolve: ({ status }) => status.instance ?? null,
  }),
  parent: t.field({
    type: TargetType,
    nullable: true,
    description:
      'The target that this one is a part of, as the process of a worker thread, or the nearest observed ancestor of a child process; null where it stands by itself.',
    resolve: ({ status }, _args, context) =>
      status.parent === undefined ? null : viewOf(status.parent, context),
  }),
  children: t.field({
    type: [TargetType],
    description:
      'The targets that are parts of this one: worker threads and child processes. Empty for none.',
    resolve: async ({ target }, _args, context) =>
      (await viewsOf(context)).filter(({ status }) => status.parent === target.name),
  }),
}));

/** @throws DiagnosticsError `NOT_FOUND` */
export async function viewOf(name: string, { diagnostics }: SchemaContext): Promise<TargetView> {
  const target = diagnostics.target(name);
  return { target, status: await target.status() };
}

/** The default one first. */
export async function viewsOf({ diagnostics }: SchemaContext): Promise<TargetView[]> {
  const statuses = await diagnostics.targets();
  return statuses.flatMap((status) => {
    try {
      return [{ status, target: diagnostics.target(status.name) }];
    } catch {
      // It has ended since.
      return [];
    }
  });
}

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;
type FieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<Types, TargetView | undefined>;
type Field = ReturnType<FieldBuilder['field']>;

/** Adds a field to `Target`, and to `Query` as a shortcut for the default target. */
export function targetField(name: string, define: (t: FieldBuilder) => Field): void {
  builder.objectField(TargetType, name, (t) => define(t as unknown as FieldBuilder) as never);
  builder.queryField(name, (t) => define(t as unknown as FieldBuilder) as never);
}

/** The target that a field of `targetField` was asked of. */
export function targetOf(
  view: TargetView | undefined,
  { diagnostics }: SchemaContext,
): ObservedTarget {
  return view?.target ?? diagnostics.target(null);
}
