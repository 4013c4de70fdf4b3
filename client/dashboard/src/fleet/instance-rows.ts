/** The rows of the table of instances, in the order that was chosen. Pure. */
import type { HealthStatus, InstanceRowFragment } from '../../generated/graphql.ts';

export interface InstanceRow {
  name: string;
  title: string;
  service: string;
  /** Null where it has told nothing. */
  health: HealthStatus | null;
  isGone: boolean;
  /** What is worst with it. */
  sentence: string;
  startedAtMs: number;
  figures: InstanceFigures;
  cpuPercents: readonly (number | null)[];
  heapBytes: readonly (number | null)[];
}

/** Null where it is not known. */
export interface InstanceFigures {
  cpu: number | null;
  delay: number | null;
  heap: number | null;
  memory: number | null;
  tasks: number | null;
  requests: number | null;
}

export type Order = 'health' | keyof InstanceFigures;
export const ORDERS: readonly Order[] = [
  'health',
  'cpu',
  'delay',
  'heap',
  'memory',
  'tasks',
  'requests',
];

const RANKS: Record<HealthStatus, number> = { CRITICAL: 3, WARNING: 2, NOTICE: 1, HEALTHY: 0 };
/** One that has told nothing of its health is as good as well. */
const rankOf = ({ health }: InstanceRow) => RANKS[health ?? 'HEALTHY'];

export function rowsOf(
  instances: readonly InstanceRowFragment[],
  { order, service, find }: { order: Order; service: string; find: string },
): InstanceRow[] {
  const words = find.toLowerCase();
  return instances
    .flatMap(rowOf)
    .filter(
      (row) =>
        (service === '' || row.service === service) &&
        `${row.title} ${row.service} ${row.sentence}`.toLowerCase().includes(words),
    )
    .sort((a, b) => byOrder(a, b, order));
}

function rowOf({ name, title, instance }: InstanceRowFragment): InstanceRow[] {
  if (instance === null) return [];
  const [last] = instance.last;
  const { serviceName, health, isGone, sentence, blockedForMs, startedAt, recent } = instance;
  return [
    {
      name,
      title: title ?? name,
      service: serviceName,
      health,
      isGone,
      sentence,
      startedAtMs: Date.parse(startedAt),
      figures: {
        cpu: last?.usagePercent ?? null,
        // While it does not turn, no point tells for how long.
        delay:
          blockedForMs !== null && blockedForMs > 0
            ? blockedForMs
            : (last?.eventLoopDelayMaxMs ?? null),
        heap: last?.alloc ?? null,
        memory: last?.sys ?? null,
        tasks: last?.goroutines ?? null,
        requests: last?.requestsInFlight ?? null,
      },
      cpuPercents: recent.map(({ usagePercent }) => usagePercent),
      heapBytes: recent.map(({ alloc }) => alloc),
    },
  ];
}

/** The worst, or the most, first; what is gone comes last. */
function byOrder(a: InstanceRow, b: InstanceRow, order: Order): number {
  const ofHealth = rankOf(b) - rankOf(a) || (b.figures.delay ?? 0) - (a.figures.delay ?? 0);
  const ofFigure = order === 'health' ? 0 : (b.figures[order] ?? -1) - (a.figures[order] ?? -1);
  return (
    Number(a.isGone) - Number(b.isGone) ||
    ofFigure ||
    ofHealth ||
    a.title.localeCompare(b.title) ||
    a.name.localeCompare(b.name)
  );
}
