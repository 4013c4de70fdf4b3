import type { FleetStatus } from '../../../api/diagnostics/fleet-status.ts';
import { builder } from '../../builder.ts';

export const MembershipType = builder.objectRef<FleetStatus>('FleetMembership').implement({
  description:
    'How a process fares as an instance of a fleet. Where the engine is away, slow or full, the program goes on as ever, and what could not be told is counted here.',
  fields: (t) => ({
    address: t.exposeString('address', {
      description: 'Where the engine is, without user and password.',
    }),
    instanceId: t.exposeID('instanceId', {
      nullable: true,
      description:
        'What the process is called in the keys and channels of the engine; null before it has joined.',
    }),
    isConnected: t.exposeBoolean('isConnected', {
      description: 'Whether the process can tell of itself, and be asked.',
    }),
    since: t.field({
      type: 'DateTime',
      description: 'Since when the process is connected to the engine, or is not.',
      resolve: ({ sinceMs }) => sinceMs,
    }),
    error: t.exposeString('error', {
      nullable: true,
      description:
        'Why the process is not connected to the engine, or what the engine refused last; null where all is well.',
    }),
    lostPoints: t.exposeFloat('lostPoints', {
      description:
        'Points of the metrics history since start that were no longer kept here when they could be sent.',
    }),
    lostCaptures: t.exposeFloat('lostCaptures', {
      description:
        'Captures since start that are not in the fleet: they take more than 512 KiB, packed, or were no longer kept here when they could be sent.',
    }),
    refusedQuestions: t.exposeFloat('refusedQuestions', {
      description:
        'Messages since start that were no questions, or too many at a time; they were not answered.',
    }),
  }),
});
