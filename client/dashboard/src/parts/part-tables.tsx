import type { TargetFragment } from '../../generated/graphql.ts';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { formatBytes, formatPercent, formatShare, known } from '../shared/format.ts';
import { PageLink } from '../shell/page-link.tsx';
import { useStore } from '../state/store.ts';
import { descendantsOf } from './descendants.ts';

type Figures = NonNullable<TargetFragment['thread'] | TargetFragment['child']>;

interface Part {
  target: TargetFragment;
  figures: Figures;
  /** 0 for a part of the target itself, 1 for a part of such a one. */
  depth: number;
}

/** The worker threads and the child processes of the target; nothing where it has none. */
export function PartTables() {
  const { targets } = useObservatory();
  const list = useStore(targets);
  const current = useTarget();
  if (current === null) return null;
  const descendants = descendantsOf(current.name, list);
  const threads = descendants.flatMap(({ target, depth }) =>
    target.thread === null || depth > 0 ? [] : [{ target, depth, figures: target.thread }],
  );
  const children = descendants.flatMap(({ target, depth }) =>
    target.child === null ? [] : [{ target, depth, figures: target.child }],
  );
  return (
    <>
      <PartTable title="Child processes" head="Child process" parts={children} />
      <PartTable title="Worker threads" head="Worker thread" parts={threads} />
    </>
  );
}

/** One line each, that leads to its own figures. */
function PartTable({
  title,
  head,
  parts,
}: {
  title: string;
  head: string;
  parts: readonly Part[];
}) {
  if (parts.length === 0) return null;
  return (
    <section className="card table-card requests-card" aria-label={title}>
      <table className="table route-table">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" className="num">
              CPU
            </th>
            <th scope="col" className="num">
              Loop busy
            </th>
            <th scope="col" className="num">
              Heap
            </th>
            <th scope="col">Does</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ target: { name, title }, figures, depth }) => (
            <tr key={name}>
              <th scope="row" className="part">
                {depth > 0 && <span className="muted">{'↳ '.padStart(depth + 1, '\u2003')}</span>}
                <PageLink params={{ target: name }}>{title ?? name}</PageLink>
              </th>
              <td className="num" data-label="CPU">
                {known(figures.usagePercent, formatPercent)}
              </td>
              <td className="num" data-label="Loop busy">
                {known(figures.utilization, formatShare)}
              </td>
              <td className="num" data-label="Heap">
                {known(figures.alloc, formatBytes)}
              </td>
              <td data-label="Does">{figures.doing}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
