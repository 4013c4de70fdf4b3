import type {
  ProfiledStack,
  StackProfileKind,
  TakenStackProfile,
} from '../../api/diagnostics/stack-profile.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { rowId } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { NS_PER_MS } from '../units.ts';

const DEFAULT_LIMIT = 50;

const StackProfileKindEnum = builder.enumType('StackProfileKind', {
  description: 'Which profile of Go that counts by stack.',
  values: {
    MUTEX: {
      description:
        'How long holders of locks made others wait, where `runtime.SetMutexProfileFraction` is set.',
    },
    BLOCK: {
      description:
        'How long goroutines waited for locks and channels, where `runtime.SetBlockProfileRate` is set.',
    },
    THREADCREATE: { description: 'What has started threads of the operating system.' },
    GOROUTINELEAK: {
      description:
        'Goroutines that nothing can wake any more, as the collector has proven (from Go 1.27 on): asking collects garbage.',
    },
  } satisfies Record<StackProfileKind, { description: string }>,
});

type Row = ProfiledStack & { id: string };

const ProfiledStackType = builder.objectRef<Row>('ProfiledStack').implement({
  description: 'A call stack of a profile of Go, and what was counted of it.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'Identity of the row within its target, so that a cache may key on it.',
    }),
    count: t.exposeFloat('count', {
      description: 'Waits, threads or goroutines of this stack, since the program began or alive.',
    }),
    delayMs: t.float({
      nullable: true,
      description: 'Milliseconds of all waits together; null where no time was measured.',
      resolve: ({ delayNs }) => delayNs && delayNs / NS_PER_MS,
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The call stack, top frame first.',
      resolve: ({ frames }) => frames,
    }),
  }),
});

type Told = TakenStackProfile & { kind: StackProfileKind; target: ObservedTarget };

const StackProfileType = builder.objectRef<Told>('StackProfile').implement({
  description: 'A profile of Go that counts by stack: waits for locks, threads, or proven leaks.',
  fields: (t) => ({
    readAt: t.field({
      type: 'DateTime',
      description: 'When the target was asked; of a saved file, when that was written.',
      resolve: ({ readAtMs }) => readAtMs,
    }),
    count: t.exposeFloat('count', { description: 'Waits, threads or goroutines of all stacks.' }),
    delayMs: t.float({
      nullable: true,
      description: 'Milliseconds of all waits of all stacks; null where no time was measured.',
      resolve: ({ delayNs }) => delayNs && delayNs / NS_PER_MS,
    }),
    stacks: t.field({
      type: [ProfiledStackType],
      description:
        'The stacks of the profile: longest delay first, or most counted first where no time was measured.',
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_LIMIT,
          description: 'Stacks at most, 1 to 1000.',
        }),
      },
      resolve: (profile, { limit }) => identified(profile, limit),
    }),
  }),
});

/** Stacks that differ in what is not shown, such as an address, are told apart by their order. */
function identified({ stacks, kind, target }: Told, limit: number): Row[] {
  const seen = new Map<string, number>();
  return stacks({ limit }).map((row) => {
    const stack = stackLines(row.frames).join('\n');
    const earlier = seen.get(stack) ?? 0;
    seen.set(stack, earlier + 1);
    return { ...row, id: rowId(target, `stackProfile.${kind}`, stack, earlier) };
  });
}

targetField('stackProfile', (t) =>
  t.field({
    type: StackProfileType,
    nullable: true,
    description:
      'A profile of Go that counts by stack. Null where the target has none: Node, a Go that is too old for it, or files among which it is not. Without the settings that its kind names, Go has it empty.',
    args: {
      kind: t.arg({
        type: StackProfileKindEnum,
        defaultValue: 'MUTEX',
        description: 'Which profile of Go.',
      }),
    },
    resolve: async (view, { kind }, context) => {
      const target = targetOf(view, context);
      const profile = (await target.stackProfile?.(kind)) ?? null;
      return profile && { ...profile, kind, target };
    },
  }),
);
