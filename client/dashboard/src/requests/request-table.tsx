import { Fragment } from 'react';
import type { RequestRowFragment } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { formatDuration } from '../shared/format.ts';
import { useUrlParam } from '../state/url-state.ts';
import { TasksLink } from './tasks-link.tsx';
import { WaitPlace } from './wait-place.tsx';

/** The requests in flight, slowest first, each with where it waits. */
export function RequestTable({ requests }: { requests: readonly RequestRowFragment[] }) {
  const [opened, open] = useUrlParam('requests.open', '');
  if (requests.length === 0) return null;
  return (
    <section className="card table-card requests-card" aria-label="Requests in flight">
      <table className="table request-table">
        <caption className="sr-only">Requests in flight</caption>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Waits at</th>
            <th scope="col" className="num">
              State
            </th>
            <th scope="col" className="num">
              Age
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => {
            const isOpen = request.id === opened;
            return (
              <Fragment key={request.id}>
                <tr>
                  <th scope="row">
                    <button
                      type="button"
                      className="disclosure"
                      aria-expanded={isOpen}
                      onClick={() => open(isOpen ? '' : request.id)}
                    >
                      <code>
                        {request.method} {request.route}
                      </code>
                    </button>
                  </th>
                  <td>
                    <WaitPlace frame={request.waitsAt} otherwise="not known" />
                  </td>
                  <td className="num" data-label="State">
                    {request.state}
                  </td>
                  <td className="num" data-label="Age">
                    {formatDuration(request.ageMs)}
                  </td>
                </tr>
                {isOpen && (
                  <tr className="detail">
                    <td colSpan={4}>
                      <TasksLink route={`${request.method} ${request.route}`} />
                      <FrameList frames={request.frames} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
