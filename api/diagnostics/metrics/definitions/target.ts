/** What the target is, and whether it answers. */
import type { Sample } from '../family.ts';
import { toldLabels } from '../labels.ts';
import { type Definition, one, sampleOf, seconds, type TargetMetrics } from './definition.ts';

export const TARGET: readonly Definition[] = [
  {
    name: 'pprofql_target_up',
    type: 'gauge',
    help: '1 where the target answers, 0 where it does not: then it has no other figures but those from before a stall of this process. None while it has yet to answer for the first time.',
    read: ({ isUp }) => (isUp === null ? [] : [{ value: isUp ? 1 : 0 }]),
  },
  {
    name: 'pprofql_target',
    type: 'info',
    help: 'What the target is: its kind, program and runtime.',
    read: infoOf,
  },
  {
    name: 'pprofql_last_answer_timestamp_seconds',
    type: 'gauge',
    help: 'When the target last answered, as Unix time.',
    read: ({ lastAnswerAtMs }) => sampleOf(seconds(lastAnswerAtMs)),
  },
  one('pprofql_start_time_seconds', 'gauge', 'When the target started, as Unix time.', (known) =>
    seconds(known.process?.startedAtMs),
  ),
];

function infoOf({ kind, snapshot }: TargetMetrics): Sample[] {
  const { process = null } = snapshot ?? {};
  const facts = {
    kind,
    title: process?.title,
    runtime: process?.nodeVersion ?? process?.goVersion,
    pid: process?.pid?.toString(),
    instance_id: process?.instanceId,
    service_instance_id: process?.serviceInstanceId,
  };
  return [{ value: 1, labels: toldLabels(facts) }];
}
