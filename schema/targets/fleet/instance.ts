import type { InstanceStatus } from '../../../api/targets/target.ts';
import { builder } from '../../builder.ts';
import { HistoryPointType } from '../../figures/history-point.ts';
import { HealthStatusEnum } from '../finding.ts';

export const InstanceType = builder.objectRef<InstanceStatus>('Instance').implement({
  description:
    'An instance of a fleet as it last told of itself, about every 10 seconds: to ask for this costs the process nothing. `target` asks it anew.',
  fields: (t) => ({
    serviceName: t.exposeString('service', {
      description:
        'The service that the process is an instance of: its option `service`, or what OpenTelemetry’s variables say, else the file that it runs.',
    }),
    host: t.exposeString('host', {
      description: 'Name of the machine, the container or the pod of the process.',
    }),
    pid: t.exposeInt('pid', {
      description: 'The process id that the system of the process gives it.',
    }),
    program: t.exposeString('program', {
      description: 'The file that the process runs, without its folder.',
    }),
    version: t.exposeString('version', {
      nullable: true,
      description: 'Version of pprofql in the process; null where it does not tell.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the process started, by the clock of the engine.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    lastSeenAt: t.field({
      type: 'DateTime',
      description: 'When the process last told of itself.',
      resolve: ({ lastSeenAtMs }) => lastSeenAtMs,
    }),
    isGone: t.exposeBoolean('isGone', {
      description:
        'Whether the process has told nothing for half a minute, or said that it leaves. What is known of it stays for as long as the engine keeps it: its history, its last findings, and its last words as `previousRun`.',
    }),
    health: t.field({
      type: HealthStatusEnum,
      nullable: true,
      description:
        'Severity of the worst that the process has found with itself, without being asked; of one that is gone, when it last told. Null where it has told nothing.',
      resolve: ({ health }) => health,
    }),
    sentence: t.exposeString('sentence', {
      description: 'What is worst with the process, in one sentence; where it is gone, since when.',
    }),
    doing: t.exposeString('doing', {
      nullable: true,
      description:
        'What the event loop of the instance does, in one sentence; null where the instance is gone.',
    }),
    blockedForMs: t.exposeFloat('blockedForMs', {
      nullable: true,
      description:
        'Milliseconds since the event loop of the process last turned; 0 while it does. Null where the instance is gone.',
    }),
    recent: t.field({
      type: [HistoryPointType],
      description:
        'The newest points of the metrics history that the process has told of, oldest first; `metricsHistory` has all.',
      args: { limit: t.arg.int({ defaultValue: 30, description: 'Points at most, 1 to 30.' }) },
      resolve: ({ recent }, { limit }) => recent({ limit }),
    }),
  }),
});
