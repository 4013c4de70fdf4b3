import { useMemo } from 'react';
import { useTarget } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { plural } from '../shared/format.ts';
import { SearchBox } from '../shared/search-box.tsx';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import { AskAll } from './ask-all.tsx';
import { useFleet } from './fleet-feed.ts';
import { ORDERS, rowsOf } from './instance-rows.ts';
import { InstanceTable } from './instance-table.tsx';

/** All instances of the fleet, the worst first. */
export function FleetSection() {
  const { instances, services, error } = useFleet();
  const trouble = useTarget()?.error ?? error;
  const [order, setOrder] = useUrlChoice('fleet.order', ORDERS, 'health');
  const [service, setService] = useUrlParam('fleet.service', '');
  const [find, setFind] = useUrlParam('fleet.find', '');
  const rows = useMemo(
    () => rowsOf(instances ?? [], { order, service, find }),
    [instances, order, service, find],
  );
  const titles = useMemo(
    () => new Map((instances ?? []).map(({ name, title }) => [name, title ?? name])),
    [instances],
  );
  if (instances === null) {
    return trouble === null ? (
      <EmptyState title="Reading the instances" />
    ) : (
      <EmptyState title="The fleet cannot be read">{trouble}</EmptyState>
    );
  }
  const gone = rows.filter(({ isGone }) => isGone).length;
  return (
    <>
      {trouble !== null && (
        <p className="note note-warning" role="status">
          What you see may be old: {trouble}
        </p>
      )}
      {instances.length === 0 ? (
        <EmptyState title="No instance has announced itself">
          A process does where it is started with the address of this Redis in{' '}
          <code>PPROFQL_FLEET</code>.
        </EmptyState>
      ) : (
        <>
          <div className="toolbar">
            {services.length > 1 && (
              <label className="select">
                <span className="sr-only">Service</span>
                <select value={service} onChange={(event) => setService(event.target.value)}>
                  <option value="">All services</option>
                  {services.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
            )}
            <SearchBox label="Find an instance or finding" value={find} onChange={setFind} />
            <p className="hint">
              {plural(rows.length - gone, 'instance')}
              {gone > 0 && `, and ${gone} gone`}
            </p>
          </div>
          <AskAll services={service === '' ? services : [service]} titles={titles} />
          <InstanceTable
            rows={rows}
            order={order}
            onOrder={setOrder}
            hasServices={services.length > 1}
          />
        </>
      )}
    </>
  );
}
