/** What is wrong in a fleet, from what its instances have told of themselves. Pure. */
import { createHash } from 'node:crypto';
import { type Finding, HEALTH_STATUSES, type Health } from '../../../health/finding.ts';

export interface InstanceHealth {
  /** For people. */
  title: string;
  service: string;
  /** As it was told last; null before. */
  health: Health | null;
}

const MOST_FINDINGS = 50;
const ID_CHARACTERS = 16;

/** Those with one cause in several instances of a service are one. */
export function fleetHealth(instances: readonly InstanceHealth[], nowMs: number): Health {
  const groups = new Map<string, { finding: Finding; instance: InstanceHealth }[]>();
  for (const instance of instances) {
    for (const finding of instance.health?.findings ?? []) {
      if (finding.severity === 'NOTICE') continue;
      const { kind, culprit } = finding;
      const key = JSON.stringify([
        instance.service,
        kind,
        culprit?.path ?? culprit?.file,
        culprit?.line,
      ]);
      groups.set(key, [...(groups.get(key) ?? []), { finding, instance }]);
    }
  }
  const findings = [...groups]
    .map(([key, told]) => joined(key, told, instances))
    .sort((a, b) => rankOf(b) - rankOf(a) || (b.count ?? 0) - (a.count ?? 0))
    .slice(0, MOST_FINDINGS);
  const [worst] = findings;
  return {
    status: worst?.severity ?? 'HEALTHY',
    sentence: worst?.sentence ?? sentenceOfAll(instances.length),
    checkedAtMs: nowMs,
    findings,
    tooEarly: [],
    cleared: [],
  };
}

function joined(
  key: string,
  told: readonly { finding: Finding; instance: InstanceHealth }[],
  all: readonly InstanceHealth[],
): Finding {
  const [first, ...others] = [...told].sort((a, b) => rankOf(b.finding) - rankOf(a.finding));
  const { finding, instance } = first!;
  const titles = new Set(told.map((each) => each.instance.title));
  const ofService = all.filter(({ service }) => service === instance.service).length;
  const sentence = `${instance.title}: ${uncapitalized(finding.sentence)}`;
  return {
    ...finding,
    id: createHash('sha256').update(key).digest('base64url').slice(0, ID_CHARACTERS),
    sinceMs: Math.min(...told.map((each) => each.finding.sinceMs)),
    count: titles.size,
    bytes: others.length === 0 ? finding.bytes : null,
    routes: others.length === 0 ? finding.routes : [],
    sentence:
      titles.size === 1
        ? sentence
        : `${titles.size} of ${ofService} instances of ${instance.service}, such as ${sentence}`,
  };
}

function sentenceOfAll(count: number): string {
  if (count === 0) return 'No instance has announced itself yet.';
  return count === 1
    ? 'The one instance tells of nothing wrong.'
    : `All ${count} instances tell of nothing wrong.`;
}

const rankOf = ({ severity }: Finding): number => HEALTH_STATUSES.indexOf(severity);

function uncapitalized(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
