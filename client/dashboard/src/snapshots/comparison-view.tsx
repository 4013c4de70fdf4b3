import type { CompareQuery } from '../../generated/graphql.ts';
import {
  formatAge,
  formatBytes,
  formatChange,
  formatClock,
  formatDuration,
} from '../shared/format.ts';
import { ChangeTables } from './change-tables.tsx';

type Diff = CompareQuery['diff'];

/** What changed between two moments. */
export function ComparisonView({ diff }: { diff: Diff }) {
  const { base, target } = diff;
  return (
    <>
      <dl className="facts">
        {factsOf(diff).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {base.instanceId !== target.instanceId && (
        <p className="note note-warning">
          The process was restarted in between: this compares two starts of it.
        </p>
      )}
      <ChangeTables diff={diff} />
    </>
  );
}

function factsOf({ base, target, figures, allocations }: Diff): [name: string, value: string][] {
  const bytes = (change: number) => formatChange(change, formatBytes);
  const facts: [string, string | null][] = [
    ['From', formatClock(Date.parse(base.tasksReadAt))],
    ['To', formatClock(Date.parse(target.tasksReadAt))],
    ['In between', formatAge(figures.elapsedMs)],
    ['Live memory by stack', allocations === null ? null : bytes(allocations.bytesDelta)],
    ['Heap used', bytes(figures.heapUsed)],
    ['Resident', bytes(figures.sys)],
    ['Allocated', figures.allocatedBytes === null ? null : formatBytes(figures.allocatedBytes)],
    ['CPU time', figures.cpuSeconds === null ? null : formatDuration(figures.cpuSeconds * 1_000)],
    ['Collections', String(figures.gcCount)],
    [
      'A sample every',
      target.samplingIntervalBytes === null ? null : formatBytes(target.samplingIntervalBytes),
    ],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
