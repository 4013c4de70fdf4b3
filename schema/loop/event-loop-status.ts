import type { EventLoopStatus, StallStack } from '../../api/diagnostics/stalls/types.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { blockedForMs } from './blocked-for.ts';

export const EventLoopStateEnum = builder.enumType('EventLoopState', {
  description: 'What the event loop of the observed thread does, or what keeps it from turning.',
  values: {
    RESPONSIVE: { description: 'The loop turns; or nothing is known, see `unwatchedReason`.' },
    RUNNING_JAVASCRIPT: {
      description: 'JavaScript runs without giving the loop a turn; the stack says which.',
    },
    IN_NATIVE_CODE: {
      description:
        'The thread is inside native code that cannot be interrupted: a synchronous call of the file system, crypto or a child process, a large JSON.parse, a garbage collection. The stack is the last one known.',
    },
    READ_BY_PPROFQL: {
      description:
        'pprofql itself stops the loop, for a read of the heap or the start of a CPU profile. The program is not to blame.',
    },
    PAUSED_BY_DEBUGGER: {
      description: 'A debugger holds the thread at a breakpoint; pprofql keeps out of its way.',
    },
    UNKNOWN: { description: 'The loop does not turn, and the thread could not be looked into.' },
  },
});

export const StallStackType = builder.objectRef<StallStack>('StallStack').implement({
  description: 'What the observed thread was found running while its event loop did not turn.',
  fields: (t) => ({
    stack: t.stringList({
      description: 'Function name and `"\\tfile:line"` in turn, top frame first.',
      resolve: ({ frames }) => stackLines(frames),
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The call stack that was found, as objects, top frame first.',
      resolve: ({ frames }) => frames,
    }),
    looks: t.exposeInt('looks', {
      description: 'How many looks at the thread found this stack.',
    }),
    seenAt: t.field({
      type: 'DateTime',
      description: 'When a look at the thread last found this stack.',
      resolve: ({ seenAtMs }) => seenAtMs,
    }),
    isNativeCaller: t.exposeBoolean('isNativeCaller', {
      description:
        'True where the stack was found as native code returned: the call that blocked was made here, or in a function that has just returned to here.',
    }),
  }),
});

const EventLoopStatusType = builder.objectRef<EventLoopStatus>('EventLoopStatus').implement({
  description:
    'Whether the event loop of the observed thread turns now, and what it is stuck on if not. Answered by another thread, so also while the loop is stuck.',
  fields: (t) => ({
    state: t.field({
      type: EventLoopStateEnum,
      description: 'What the event loop does, or what keeps it from turning.',
      resolve: ({ state }) => state,
    }),
    blockedForMs: t.float({
      nullable: true,
      description:
        'Milliseconds since the loop last turned, to within a quarter of the stall threshold; 0 below the threshold. Null where stalls are not watched (`unwatchedReason`).',
      resolve: blockedForMs,
    }),
    stack: t.field({
      type: StallStackType,
      nullable: true,
      description:
        'The last stack found in this stall that has code of the program; where none has, of a package, then of Node. Null while the loop turns, and where none was found yet.',
      resolve: ({ stack }) => stack,
    }),
    sentence: t.exposeString('sentence', {
      description:
        'What the event loop is stuck on and for how long, or that it turns, in one sentence.',
    }),
    unwatchedReason: t.exposeString('unwatchedReason', {
      nullable: true,
      description:
        'Why stalls are not watched here (mounted on the observed thread, switched off, or a target without an event loop); null where they are.',
    }),
  }),
});

targetField('eventLoop', (t) =>
  t.field({
    type: EventLoopStatusType,
    nullable: true,
    description:
      'What the event loop of the observed thread is stuck on, if it is. Null, with an error, where the target cannot be asked.',
    resolve: (view, _args, context) => targetOf(view, context).eventLoop(),
  }),
);
