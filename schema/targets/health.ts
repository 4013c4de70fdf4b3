import type { Health } from '../../api/health/finding.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { rowId } from '../identity.ts';
import { ClearedFindingType, FindingType, HealthStatusEnum } from './finding.ts';
import { targetArgument } from './target-argument.ts';
import { targetField, targetOf } from './target-field.ts';

const HealthType = builder.objectRef<Health>('Health').implement({
  description:
    'What is wrong with a target, judged by its metrics history, its event loop, its tasks and those reads of the heap that somebody asked for.',
  fields: (t) => ({
    status: t.field({
      type: HealthStatusEnum,
      description: 'The severity of the worst finding; `HEALTHY` where there is none.',
      resolve: ({ status }) => status,
    }),
    sentence: t.exposeString('sentence', {
      description:
        'The worst finding in one sentence; without one, that all is well, or what it is too early to tell.',
    }),
    checkedAt: t.field({
      type: 'DateTime',
      description: 'When the target was judged.',
      resolve: ({ checkedAtMs }) => checkedAtMs,
    }),
    findings: t.field({
      type: [FindingType],
      description: 'All that was found, most severe first; empty where all is well.',
      resolve: ({ findings }) => [...findings],
    }),
    tooEarly: t.stringList({
      description:
        'What it is too early to tell, each as it ends a sentence: `the heap grows`. Empty where there is enough evidence for all, and for a target of an older version.',
      resolve: ({ tooEarly }) => [...tooEarly],
    }),
    cleared: t.field({
      type: [ClearedFindingType],
      description:
        'Findings of the last hour that are gone, the newest first, ten at most. Empty where nothing was cleared, and for a target of an older version.',
      resolve: ({ cleared }) => [...cleared],
    }),
  }),
});

/** The findings of a target, each with its identity. */
const healthOf = (target: ObservedTarget, health: Health): Health => ({
  ...health,
  findings: health.findings.map((finding) => ({
    ...finding,
    id: rowId(target, 'health', finding.id),
  })),
  cleared: health.cleared.map((finding) => ({
    ...finding,
    id: rowId(target, 'cleared', finding.id, finding.clearedAtMs),
  })),
});

targetField('health', (t) =>
  t.field({
    type: HealthType,
    nullable: true,
    description:
      'What is wrong, and which line is to blame. Asking reads the tasks where they were not read in the last 5 seconds (a minute for Go), never the heap. Null with an error where it could not be judged.',
    resolve: async (view, _args, context) => {
      const target = targetOf(view, context);
      return healthOf(target, await target.health());
    },
  }),
);

builder.subscriptionField('health', (t) =>
  t.field({
    type: HealthType,
    description:
      'The health at once, then at every change: of the findings, their severity or their figures. A slow reader gets the latest alone. While somebody is subscribed, tasks are read at every point of the metrics history, but not more often than every 5 seconds (a minute for Go).',
    args: targetArgument(),
    subscribe: (_root, { target }, { diagnostics, signal }) =>
      diagnostics.target(target).healthChanges({ signal }),
    resolve: (health, { target }, { diagnostics }) => healthOf(diagnostics.target(target), health),
  }),
);
