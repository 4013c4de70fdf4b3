import type { CpuProfileDetailFragment } from '../../../generated/graphql.ts';
import { formatCount } from '../../shared/format.ts';
import { OpenableRow } from '../../shared/openable-row.tsx';
import { useUrlParam } from '../../state/url-state.ts';
import { FunctionPlace } from './function-place.tsx';
import { functionId } from './function-rows.ts';
import { TimeCell } from './time-cell.tsx';

type Route = CpuProfileDetailFragment['routes'][number];

const OUTSIDE = 'outside of requests';

interface RouteTableProps {
  /** Most time first. */
  routes: readonly Route[];
  /** Why no work is attributed to a route; null where it is. */
  unavailable: string | null;
}

/** Which endpoint the CPU time goes to, and there to which functions. */
export function RouteTable({ routes, unavailable }: RouteTableProps) {
  const [opened, open] = useUrlParam('cpu.route', '');
  if (unavailable !== null) {
    return <p className="note cpu-routes">No split by endpoint: {unavailable}</p>;
  }
  if (routes.length === 0) return null;
  return (
    <section className="card table-card cpu-routes" aria-label="CPU time by endpoint">
      <table className="table">
        <caption className="sr-only">CPU time by endpoint</caption>
        <thead>
          <tr>
            <th scope="col">Route</th>
            <th scope="col" className="num">
              Time
            </th>
            <th scope="col" className="num">
              Samples
            </th>
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => {
            const name = route.route ?? OUTSIDE;
            const isOpen = name === opened;
            return (
              <OpenableRow
                key={name}
                isOpen={isOpen}
                onToggle={() => open(isOpen ? '' : name)}
                head={
                  route.route === null ? <span className="muted">{name}</span> : <code>{name}</code>
                }
                below={<RouteFunctions route={route} />}
              >
                <TimeCell label="Time" ms={route.ms} percent={route.percent} />
                <td className="num" data-label="Samples">
                  {formatCount(route.samples)}
                </td>
              </OpenableRow>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Where in this endpoint the time goes. */
function RouteFunctions({ route }: { route: Route }) {
  return route.topFunctions.map((row) => (
    <tr key={functionId(row)} className="detail">
      <th scope="row" className="cpu-function cpu-function-nested">
        <FunctionPlace row={row} />
      </th>
      <TimeCell label="Self" ms={row.selfMs} percent={row.selfPercent} />
      <td className="num" data-label="Samples">
        {formatCount(row.selfSamples)}
      </td>
    </tr>
  ));
}
