import { useState } from 'react';
import { ServiceTasksDocument, type ServiceTasksQuery } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { useObservatory } from '../live/observatory.ts';
import { explain } from '../live/source.ts';
import { WaitPlace } from '../requests/wait-place.tsx';
import { formatCount, formatDuration, known, plural } from '../shared/format.ts';
import { DetailRow, OpenableRow } from '../shared/openable-row.tsx';
import { PageLink } from '../shell/page-link.tsx';

type Answer = NonNullable<NonNullable<ServiceTasksQuery['service']>['goroutines']>;
type Group = Answer['groups'][number];

interface Asked {
  service: string;
  answer: Answer | null;
  error: string | null;
}

/** Where do they hang? One question to all running instances of a service, merged by stack. */
export function AskAll({
  services,
  titles,
}: {
  services: readonly string[];
  titles: ReadonlyMap<string, string>;
}) {
  const { link } = useObservatory();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isAsking, setAsking] = useState(false);

  async function ask(service: string): Promise<void> {
    setAsking(true);
    try {
      const { service: told } = await link.ask(ServiceTasksDocument, { service });
      const error = told?.goroutines == null ? 'No instance of it could be asked.' : null;
      setAsked({ service, answer: told?.goroutines ?? null, error });
    } catch (error) {
      setAsked({ service, answer: null, error: explain(error) });
    } finally {
      setAsking(false);
    }
  }

  return (
    <section className="ask-all" aria-label="Ask all">
      <div className="toolbar">
        {services.map((service) => (
          <button key={service} type="button" disabled={isAsking} onClick={() => void ask(service)}>
            {services.length === 1
              ? 'Ask all where they wait'
              : `Ask all of ${service} where they wait`}
          </button>
        ))}
      </div>
      {asked !== null && <Outcome asked={asked} titles={titles} />}
    </section>
  );
}

function Outcome({ asked, titles }: { asked: Asked; titles: ReadonlyMap<string, string> }) {
  const { service, answer, error } = asked;
  if (answer === null) {
    return (
      <p className="note note-warning" role="status">
        {service} could not be asked: {error}
      </p>
    );
  }
  const { answered, unanswered, totalGoroutines, groups } = answer;
  return (
    <>
      <p className="hint" role="status">
        {plural(answered, 'instance')} of {service} told of {plural(totalGoroutines, 'task')}.
        {unanswered.length > 0 &&
          ` ${plural(unanswered.length, 'instance')} did not answer, such as ${unanswered[0]!.name}: ${unanswered[0]!.reason}.`}
      </p>
      {groups.length > 0 && <GroupTable groups={groups} titles={titles} />}
    </>
  );
}

function GroupTable({
  groups,
  titles,
}: {
  groups: readonly Group[];
  titles: ReadonlyMap<string, string>;
}) {
  const [opened, open] = useState<string | null>(null);
  return (
    <section className="card table-card requests-card" aria-label="Where they wait">
      <table className="table request-table">
        <caption className="sr-only">Where the tasks of all instances wait</caption>
        <thead>
          <tr>
            <th scope="col">Waits at</th>
            <th scope="col">Instances</th>
            <th scope="col" className="num">
              Tasks
            </th>
            <th scope="col" className="num">
              Stuck
            </th>
            <th scope="col" className="num">
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => {
            const isOpen = group.id === opened;
            return (
              <OpenableRow
                key={group.id}
                isOpen={isOpen}
                onToggle={() => open(isOpen ? null : group.id)}
                head={
                  <WaitPlace
                    frame={group.culprit ?? group.frames[0] ?? null}
                    otherwise={group.state}
                  />
                }
                below={
                  <DetailRow columns={5}>
                    {group.stuckReason !== null && <p>{group.stuckReason}</p>}
                    <FrameList frames={group.frames} />
                  </DetailRow>
                }
              >
                <td>
                  <InstanceLinks group={group} titles={titles} />
                </td>
                <td className="num" data-label="Tasks">
                  {formatCount(group.count)}
                </td>
                <td className="num" data-label="Stuck">
                  {formatCount(group.potentiallyStuck)}
                </td>
                <td className="num" data-label="Oldest">
                  {known(group.oldestWaitMs, formatDuration)}
                </td>
              </OpenableRow>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function InstanceLinks({ group, titles }: { group: Group; titles: ReadonlyMap<string, string> }) {
  const hidden = group.instanceCount - group.instances.length;
  return (
    <span className="instance-links">
      {group.instances.map(({ name, count }) => (
        <PageLink key={name} params={{ target: name, view: 'tasks' }}>
          {titles.get(name) ?? name} <span className="muted">{formatCount(count)}</span>
        </PageLink>
      ))}
      {hidden > 0 && <span className="muted">and {formatCount(hidden)} more</span>}
    </span>
  );
}
