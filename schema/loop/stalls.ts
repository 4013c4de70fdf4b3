import type { Stall } from '../../api/diagnostics/stalls/types.ts';
import { builder } from '../builder.ts';
import { rowId } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { EventLoopStateEnum, StallStackType } from './event-loop-status.ts';

export const StallType = builder.objectRef<Stall>('Stall').implement({
  description:
    'A time in which the event loop did not turn for longer than the threshold (1 second unless configured). The thread is looked at as the stall is noticed, then after 1, 2, 4 … up to every 60 seconds.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the stall: no other stall, target or type has it, and the stall has it in every answer, so that a cache may key on it.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the event loop last turned before the stall.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description:
        'Milliseconds from `startedAt` until the loop turned again, to within a quarter of the threshold; null while the stall lasts. Time in which the machine slept or the process was stopped is not counted.',
    }),
    state: t.field({
      type: EventLoopStateEnum,
      description:
        'What kept the loop from turning: by the last look at the thread while the stall lasts, by what made most of it afterwards.',
      resolve: ({ state }) => state,
    }),
    looks: t.exposeInt('looks', {
      description: 'How often the thread was looked at during the stall.',
    }),
    nativeLooks: t.exposeInt('nativeLooks', {
      description: 'How many looks at the thread found it in native code, giving no answer.',
    }),
    stacks: t.field({
      type: [StallStackType],
      description:
        'The distinct stacks that were found (10 at most): those with code of the program first, then by looks, most first; empty where there was none.',
      resolve: ({ stacks }) => stacks,
    }),
    droppedLooks: t.exposeInt('droppedLooks', {
      description: 'Looks at the thread that found further distinct stacks, which were not kept.',
    }),
    sentence: t.exposeString('sentence', {
      description: 'What kept the event loop from turning and for how long, in one sentence.',
    }),
  }),
});

targetField('stalls', (t) =>
  t.field({
    type: [StallType],
    nullable: true,
    description:
      'The last 50 stalls of the event loop, newest first; one that lasts is the first. Empty where stalls are not watched: `eventLoop { unwatchedReason }`. Null, with an error, where the target cannot be asked.',
    resolve: async (view, _args, context) => {
      const target = targetOf(view, context);
      const stalls = await target.stalls();
      return stalls.map((stall) => ({
        ...stall,
        id: rowId(target, 'stalls', stall.startedAtMs, stall.id),
      }));
    },
  }),
);
