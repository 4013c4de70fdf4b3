import type { ProcessFacts } from '../../api/diagnostics/process-facts.ts';
import { builder } from '../builder.ts';
import { targetField, targetOf } from './target-field.ts';

const ProcessInfoType = builder.objectRef<ProcessFacts>('ProcessInfo').implement({
  description: 'Constant facts about the observed process.',
  fields: (t) => ({
    pid: t.exposeInt('pid', {
      nullable: true,
      description: 'Process id; null where a target does not tell.',
    }),
    instanceId: t.exposeID('instanceId', {
      description:
        'New at every start of the process, and where the diagnostics in it had to start again: what is numbered, kept or drawn by time begins anew with it.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the process started; null where unknown.',
      resolve: (process) => process.startedAtMs,
    }),
    nodeVersion: t.exposeString('nodeVersion', {
      nullable: true,
      description: 'Version of Node, such as `v26.10.0`; null where the target is no Node process.',
    }),
    goVersion: t.exposeString('goVersion', {
      nullable: true,
      description:
        'Version of Go, such as `go1.26.1`; null where the target is no Go process, or does not tell.',
    }),
    v8Version: t.exposeString('v8Version', {
      nullable: true,
      description: 'Version of the JavaScript engine; null where there is none.',
    }),
    platform: t.exposeString('platform', {
      nullable: true,
      description: 'Operating system as Node names it; null where unknown.',
    }),
    arch: t.exposeString('arch', {
      nullable: true,
      description: 'Processor architecture as Node names it; null where unknown.',
    }),
    title: t.exposeString('title', {
      description:
        'File name of the program; the target’s own name where it does not tell. Arguments may hold secrets and are left out.',
    }),
    serviceName: t.string({
      nullable: true,
      description:
        'The service that the process is one of: the option `service`, or `service.name` of OpenTelemetry’s variables. Null where nobody has told.',
      resolve: (process) => process.serviceName ?? null,
    }),
    serviceInstanceId: t.string({
      nullable: true,
      description:
        'Which process of its service it is: `service.instance.id` of OpenTelemetry’s variables. Null where nobody has told.',
      resolve: (process) => process.serviceInstanceId ?? null,
    }),
    cwd: t.exposeString('cwd', {
      nullable: true,
      description: 'Working directory at start; null where unknown.',
    }),
    programRoot: t.exposeString('programRoot', {
      nullable: true,
      description:
        'The folder of the program, to which every `path` is relative: that of the nearest package.json above the script it was started with, else the working directory. Null where unknown.',
    }),
  }),
});

targetField('process', (t) =>
  t.field({
    type: ProcessInfoType,
    nullable: true,
    description:
      'Facts about the observed process that do not change while it runs. Null, with an error, where the target cannot be asked.',
    resolve: (view, _args, context) => targetOf(view, context).process(),
  }),
);
