import type { ProcessReading } from '../api/probe/probe.ts';
import { builder } from './builder.ts';

export const ProcessInfoType = builder.objectRef<ProcessReading>('ProcessInfo').implement({
  description: 'Constant facts about the observed process.',
  fields: (t) => ({
    pid: t.exposeInt('pid', { description: 'Process id.' }),
    instanceId: t.exposeID('instanceId', {
      description: 'New at every start: tells a restarted process from the same one.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the process started.',
      resolve: (process) => process.startedAtMs,
    }),
    nodeVersion: t.exposeString('nodeVersion', { description: 'Such as `v26.10.0`.' }),
    v8Version: t.exposeString('v8Version', { description: 'Version of the JavaScript engine.' }),
    platform: t.exposeString('platform', { description: 'Operating system as Node names it.' }),
    arch: t.exposeString('arch', { description: 'Processor architecture as Node names it.' }),
    title: t.exposeString('title', {
      description: 'File name of the program. Arguments may hold secrets and are left out.',
    }),
    cwd: t.exposeString('cwd', { description: 'Working directory at start.' }),
  }),
});

builder.queryField('process', (t) =>
  t.field({
    type: ProcessInfoType,
    description: 'The observed process.',
    resolve: (_root, _args, { diagnostics }) => diagnostics.process(),
  }),
);
