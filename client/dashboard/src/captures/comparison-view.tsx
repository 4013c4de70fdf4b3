import type { Answered } from '../../../core/query/answered.ts';
import type { CompareQuery } from '../../generated/graphql.ts';
import {
  formatAge,
  formatBytes,
  formatChange,
  formatClock,
  formatDuration,
  known,
} from '../shared/format.ts';
import { ChangeTables } from './change-tables.tsx';

type Diff = Answered<CompareQuery>['diff'];

/** What changed between two moments. */
export function ComparisonView({ diff }: { diff: Diff }) {
  const { base, to } = diff;
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
      {base.instanceId !== to.instanceId && (
        <p className="note note-warning">
          The process was restarted in between: this compares two starts of it.
        </p>
      )}
      <ChangeTables diff={diff} />
    </>
  );
}

function factsOf({ base, to, figures, allocations }: Diff): [name: string, value: string][] {
  const bytes = (change: number | null) =>
    known(change, (value) => formatChange(value, formatBytes));
  const facts: [string, string | null][] = [
    ['From', formatClock(Date.parse(base.tasksReadAt))],
    ['To', formatClock(Date.parse(to.tasksReadAt))],
    ['In between', formatAge(figures.elapsedMs)],
    ['Live memory by stack', allocations === null ? null : bytes(allocations.bytesDelta)],
    ['Heap used', bytes(figures.alloc)],
    ['Resident', bytes(figures.sys)],
    ['Allocated', figures.totalAlloc === null ? null : formatBytes(figures.totalAlloc)],
    ['CPU time', figures.cpuSeconds === null ? null : formatDuration(figures.cpuSeconds * 1_000)],
    ['Collections', known(figures.numGc, String)],
    [
      'A sample every',
      to.samplingIntervalBytes === null ? null : formatBytes(to.samplingIntervalBytes),
    ],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
