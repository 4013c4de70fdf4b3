import type { TargetFragment } from '../../generated/graphql.ts';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { formatBytes, formatPercent, formatShare, known } from '../shared/format.ts';
import { PageLink } from '../shell/page-link.tsx';
import { useStore } from '../state/store.ts';

type Thread = TargetFragment & { thread: NonNullable<TargetFragment['thread']> };

/** The worker threads of the target, one line each, that lead to their own figures; nothing where it has none. */
export function ThreadTable() {
  const { targets } = useObservatory();
  const list = useStore(targets);
  const current = useTarget();
  const threads = list.filter(
    (each): each is Thread => each.thread !== null && each.parent?.name === current?.name,
  );
  if (threads.length === 0) return null;
  return (
    <section className="card table-card requests-card" aria-label="Worker threads">
      <table className="table route-table">
        <caption className="sr-only">Worker threads</caption>
        <thead>
          <tr>
            <th scope="col">Worker thread</th>
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
          {threads.map(({ name, title, thread }) => (
            <tr key={name}>
              <th scope="row">
                <PageLink params={{ target: name }}>{title ?? name}</PageLink>
              </th>
              <td className="num" data-label="CPU">
                {known(thread.cpuPercent, formatPercent)}
              </td>
              <td className="num" data-label="Loop busy">
                {known(thread.utilization, formatShare)}
              </td>
              <td className="num" data-label="Heap">
                {known(thread.heapUsedBytes, formatBytes)}
              </td>
              <td data-label="Does">{thread.doing}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
