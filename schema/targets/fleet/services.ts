import type { ServiceStatus, ServiceTaskGroup, ServiceTasks } from '../../../api/targets/target.ts';
import { builder } from '../../builder.ts';
import { FrameType, stackLines } from '../../frame.ts';
import { rowId, STACK_ID_DESCRIPTION } from '../../identity.ts';
import { GoroutineCategoryEnum, StackKindEnum } from '../../tasks/goroutine-group.ts';
import { TargetType, viewOf } from '../target-field.ts';

const InstanceCountType = builder
  .objectRef<ReturnType<ServiceTaskGroup['instances']>[number]>('InstanceCount')
  .implement({
    description: 'How many tasks of a group one instance has.',
    fields: (t) => ({
      name: t.exposeID('name', { description: 'Name of the target, which `target(name:)` takes.' }),
      count: t.exposeInt('count', {
        description: 'Tasks of the group in the instance; an estimate while tasks are sampled.',
      }),
    }),
  });

const UnansweredType = builder
  .objectRef<ServiceTasks['unanswered'][number]>('UnansweredInstance')
  .implement({
    description: 'An instance that has not answered a question to all of its service.',
    fields: (t) => ({
      name: t.exposeID('name', { description: 'Name of the target, which `target(name:)` takes.' }),
      reason: t.exposeString('reason', {
        description: 'Why the instance has not answered, in one sentence.',
      }),
    }),
  });

const ServiceGoroutineGroupType = builder
  .objectRef<ServiceTaskGroup>('ServiceGoroutineGroup')
  .implement({
    description:
      'Live async tasks with the same full stack and in the same state, in any instance of a service.',
    fields: (t) => ({
      id: t.exposeID('id', {
        description:
          'Identity of the group: no other service, table or type has it, and the group has it in every answer, so that a cache may key on it.',
      }),
      stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
      count: t.exposeInt('count', {
        description: 'Tasks in all instances together; an estimate while tasks are sampled.',
      }),
      instanceCount: t.exposeInt('instanceCount', {
        description: 'Instances that have tasks of the group.',
      }),
      instances: t.field({
        type: [InstanceCountType],
        description: 'Which instances have tasks of the group, those with most of them first.',
        args: {
          limit: t.arg.int({ defaultValue: 20, description: 'Instances at most, 1 to 1000.' }),
        },
        resolve: ({ instances }, { limit }) => instances({ limit }),
      }),
      state: t.exposeString('state', {
        description: 'What the tasks wait for, such as `await`, `timer`, `IO wait`.',
      }),
      potentiallyStuck: t.int({
        description:
          'Tasks that are potentially stuck: created for a request, and waiting for at least a minute or alive after the request ended.',
        resolve: ({ stuckCount }) => stuckCount,
      }),
      stuckReason: t.exposeString('stuckReason', {
        nullable: true,
        description:
          'Why tasks of the group are potentially stuck, in one sentence, of the instance whose tasks wait for longest; null where none is.',
      }),
      oldestWaitMs: t.exposeFloat('oldestWaitMs', {
        nullable: true,
        description:
          'Milliseconds since the oldest task of the group was created, in any instance; null where unknown.',
      }),
      category: t.field({
        type: GoroutineCategoryEnum,
        description: 'Why the tasks exist, by the instance whose tasks wait for longest.',
        resolve: ({ category }) => category,
      }),
      topFunc: t.string({
        description:
          'The first function of the stack that is neither Node’s nor pprofql’s; the very top one where all are.',
        resolve: ({ topFrame }) => topFrame?.function ?? '',
      }),
      culprit: t.field({
        type: FrameType,
        nullable: true,
        description:
          'The line to look at: the first frame of the program’s own code. Null where no frame is the program’s.',
        resolve: ({ culprit }) => culprit,
      }),
      stack: t.stringList({
        description:
          'Where the tasks wait, innermost `await` first, as text: a function name and `"\\tfile:line"` in turn. Where they were created if `stackKind` is `CREATED`.',
        resolve: ({ frames }) => stackLines(frames),
      }),
      frames: t.field({
        type: [FrameType],
        description:
          'The stack of the group as objects: where the tasks wait, innermost `await` first; where they were created, if `stackKind` is `CREATED`. Empty where no stack is known.',
        resolve: ({ frames }) => [...frames],
      }),
      stackKind: t.field({
        type: StackKindEnum,
        description:
          'What `stack` and `frames` tell: where the tasks wait, or where they were created.',
        resolve: ({ stackKind }) => stackKind,
      }),
    }),
  });

const ServiceGoroutinesType = builder
  .objectRef<ServiceTasks & { service: string }>('ServiceGoroutines')
  .implement({
    description: 'The live async tasks of all running instances of a service, asked for now.',
    fields: (t) => ({
      answered: t.int({
        description: 'Instances that have answered.',
        resolve: ({ answered }) => answered.length,
      }),
      unanswered: t.field({
        type: [UnansweredType],
        description:
          'Instances that have not answered within 10 seconds, or could not; all other figures are without them.',
        resolve: ({ unanswered }) => [...unanswered],
      }),
      totalGoroutines: t.int({
        description:
          'All live tasks of the instances that have answered; an estimate while tasks are sampled.',
        resolve: ({ total }) => total,
      }),
      groups: t.field({
        type: [ServiceGoroutineGroupType],
        description:
          'Tasks by stack and state: potentially stuck first, then longest wait, then most tasks.',
        resolve: ({ groups, service }) =>
          groups.map((group) => ({
            ...group,
            id: rowId({ name: service }, 'service-goroutines', group.id),
          })),
      }),
    }),
  });

const ServiceType = builder.objectRef<ServiceStatus>('Service').implement({
  description: 'What the processes of a fleet are instances of.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the service, as its instances have announced it.',
    }),
    instances: t.field({
      type: [TargetType],
      description:
        'The processes of the service, worst first, and behind them those that are gone, for as long as the engine keeps what is known of them. Each is a target, whose fields ask the process, but for `instance`.',
      resolve: async ({ instances }, _args, context) => {
        const views = instances.map((name) => viewOf(name, context).catch(() => null));
        // One may have left the list since.
        return (await Promise.all(views)).filter((view) => view !== null);
      },
    }),
    goroutines: t.field({
      type: ServiceGoroutinesType,
      nullable: true,
      description:
        'Asks all running instances at once what they are stuck on, and merges the answers by stack: which of them hang in this line? Null, with an error, where none runs.',
      args: {
        limit: t.arg.int({ defaultValue: 100, description: 'Groups at most, 1 to 1000.' }),
      },
      resolve: async ({ name }, { limit }, { diagnostics }) => {
        const tasks = await diagnostics.serviceTasks?.(name, { limit });
        return tasks ? { ...tasks, service: name } : null;
      },
    }),
  }),
});

builder.queryField('service', (t) =>
  t.field({
    type: ServiceType,
    nullable: true,
    description:
      'One service of the fleet that is served. Null where none is, and, with an error of the code `NOT_FOUND`, where no service has this name.',
    args: { name: t.arg.string({ description: 'Name of one of `services`.' }) },
    resolve: async (_root, { name }, { diagnostics }) =>
      (await diagnostics.service?.(name)) ?? null,
  }),
);

builder.queryField('services', (t) =>
  t.field({
    type: [ServiceType],
    description:
      'The services of the fleet that is served, by name, as `pprofql fleet` does; empty where none is.',
    resolve: async (_root, _args, { diagnostics }) => (await diagnostics.services?.()) ?? [],
  }),
);
