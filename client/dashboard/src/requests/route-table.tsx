import type { RouteRowFragment } from '../../generated/graphql.ts';
import { formatCount, formatDuration } from '../shared/format.ts';
import { OpenableRow } from '../shared/openable-row.tsx';
import { useUrlParam } from '../state/url-state.ts';
import { RouteWaits } from './route-waits.tsx';

const TIMES = [
  ['Median', 'p50Ms'],
  ['p95', 'p95Ms'],
  ['p99', 'p99Ms'],
  ['Slowest', 'maxMs'],
] as const;

/** What each route has served since the start; opened, where its time goes. */
export function RouteTable({ routes }: { routes: readonly RouteRowFragment[] }) {
  const [opened, open] = useUrlParam('requests.route', '');
  if (routes.length === 0) return <p className="hint">No request has arrived yet.</p>;
  return (
    <section className="card table-card requests-card" aria-label="Routes">
      <table className="table route-table">
        <caption className="sr-only">Routes</caption>
        <thead>
          <tr>
            <th scope="col">Route</th>
            {['In flight', 'Ended', ...TIMES.map(([name]) => name)].map((name) => (
              <th key={name} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => {
            const isOpen = route.route === opened;
            return (
              <OpenableRow
                key={route.id}
                isOpen={isOpen}
                onToggle={() => open(isOpen ? '' : route.route)}
                head={<code>{route.route}</code>}
                below={<RouteWaits route={route} columns={3 + TIMES.length} />}
              >
                <td className="num" data-label="In flight">
                  {formatCount(route.inFlight)}
                </td>
                <td className="num" data-label="Ended">
                  {formatCount(route.count)}
                </td>
                {TIMES.map(([name, field]) => (
                  <td key={name} className="num" data-label={name}>
                    {timeText(route[field])}
                  </td>
                ))}
              </OpenableRow>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function timeText(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}
