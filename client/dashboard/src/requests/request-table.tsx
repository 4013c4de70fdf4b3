import { useState } from 'react';
import type { RequestRowFragment } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { formatCount, formatDuration } from '../shared/format.ts';
import { DetailRow, OpenableRow } from '../shared/openable-row.tsx';
import { type ShownSpan, SpanList } from '../shared/span-list.tsx';
import { useUrlParam } from '../state/url-state.ts';
import { TasksLink } from './tasks-link.tsx';
import { WaitPlace } from './wait-place.tsx';

/** Rows shown at first: of a hundred that hang in one line, the routes below tell more. */
const FIRST_ROWS = 20;

/** The requests in flight, slowest first, each with where it waits. */
export function RequestTable({ requests }: { requests: readonly RequestRowFragment[] }) {
  const [opened, open] = useUrlParam('requests.open', '');
  const [areAllShown, setAllShown] = useState(false);
  if (requests.length === 0) return null;
  const shown = areAllShown
    ? requests
    : requests.filter(({ id }, index) => index < FIRST_ROWS || id === opened);
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
          {shown.map((request) => {
            const isOpen = request.id === opened;
            return (
              <OpenableRow
                key={request.id}
                isOpen={isOpen}
                onToggle={() => open(isOpen ? '' : request.id)}
                head={
                  <code>
                    {request.method} {request.route}
                  </code>
                }
                below={
                  <DetailRow columns={4}>
                    <TasksLink route={`${request.method} ${request.route}`} />
                    <SpanList spans={spansOf(request)} />
                    <FrameList frames={request.frames} />
                  </DetailRow>
                }
              >
                <td>
                  <WaitPlace frame={request.waitsAt} otherwise="not known" />
                </td>
                <td className="num" data-label="State">
                  {request.state}
                </td>
                <td className="num" data-label="Age">
                  {formatDuration(request.ageMs)}
                </td>
              </OpenableRow>
            );
          })}
        </tbody>
      </table>
      {shown.length < requests.length && (
        <button type="button" className="show-all" onClick={() => setAllShown(true)}>
          Show all {formatCount(requests.length)}
        </button>
      )}
    </section>
  );
}

function spansOf({ traceId, spanId }: RequestRowFragment): ShownSpan[] {
  return traceId === null || spanId === null ? [] : [{ traceId, spanId, count: null }];
}
