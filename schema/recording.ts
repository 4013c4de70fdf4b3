/** What CPU and allocation profiles have in common while they are taken. */
import type { FieldRef } from '@pothos/core';
import type { RunningRecording } from '../api/diagnostics/recording/recording.ts';
import { builder } from './builder.ts';
import { targetArgument } from './targets/target-argument.ts';

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

/** @param id what the id is good for */
export function runningFields(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, RunningRecording>,
  id: string,
): Record<'id' | 'startedAt' | 'endsAt' | 'progress', FieldRef<Types>> {
  return {
    id: t.exposeID('id', { description: id }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When sampling began.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'When sampling ends; reading the profile takes a moment more.',
      resolve: ({ endsAtMs }) => endsAtMs,
    }),
    progress: t.float({
      description: 'How much of the time of the profile has passed, 0 to 1.',
      resolve: progressOf,
    }),
  };
}

function progressOf({ startedAtMs, endsAtMs }: RunningRecording): number {
  const share = (Date.now() - startedAtMs) / (endsAtMs - startedAtMs);
  return Math.min(1, Math.max(0, share));
}

/** The arguments by which one is ended. */
export function cancelArguments() {
  return {
    ...targetArgument(),
    ...builder.args((t) => ({
      id: t.id({
        required: false,
        description: 'Ends the profile only if it has this id; null: whichever is being taken.',
      }),
      keep: t.boolean({
        defaultValue: false,
        description:
          'End the profile early instead of throwing it away: its caller gets what was sampled until now.',
      }),
    })),
  };
}
