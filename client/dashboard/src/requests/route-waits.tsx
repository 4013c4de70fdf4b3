import type { RouteRowFragment } from '../../generated/graphql.ts';
import { formatShare } from '../shared/format.ts';
import { DetailRow } from '../shared/openable-row.tsx';
import { TasksLink } from './tasks-link.tsx';
import { WaitPlace } from './wait-place.tsx';

type Wait = RouteRowFragment['waits'][number];

const KIND_NAMES: Record<Wait['kind'], string> = {
  CPU: 'CPU time',
  WAIT: 'a line that is not known',
  UNKNOWN: 'not known',
};

/** Where the time of a route's requests goes. */
export function RouteWaits({ route, columns }: { route: RouteRowFragment; columns: number }) {
  return (
    <DetailRow columns={columns}>
      <TasksLink route={route.route} />
      {route.waits.length === 0 ? (
        <p className="hint">Nobody has looked yet at where its requests wait.</p>
      ) : (
        <ul className="route-waits" aria-label={`Where the time of ${route.route} goes`}>
          {route.waits.map((wait) => (
            <li key={wait.id}>
              <span className="route-wait-share">
                {formatShare(wait.share)}
                <i style={{ width: `${100 * wait.share}%` }} aria-hidden="true" />
              </span>
              <WaitPlace frame={wait.waitsAt} otherwise={KIND_NAMES[wait.kind]} />
            </li>
          ))}
        </ul>
      )}
    </DetailRow>
  );
}
