/** The requests in flight, each with where it waits: what the list and the tasks know together. */
import type { RequestsReading } from '../../probe/readings/requests.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import { requestPlaces } from '../../probe/requests/places.ts';
import type { Frame } from '../../profile/profile.ts';
import { culpritOf } from './culprit.ts';
import type { RequestTable } from './types.ts';

const NOWHERE: readonly Frame[] = [];

/**
 * @param tasks what is known of where requests wait; null where nothing is
 * @param instanceId tells one run of the program from another
 */
export function requestTable(
  { requests, total, beyondLimit }: RequestsReading,
  tasks: TasksReading | null,
  instanceId: string,
): RequestTable {
  const places = tasks === null ? new Map() : requestPlaces(tasks);
  const framesOf = (id: number): readonly Frame[] => {
    // Where it waits for several things, the first is shown: it was begun first.
    const [stack] = places.get(id)?.stacks ?? [];
    return (stack !== undefined && tasks?.stacks[stack]) || NOWHERE;
  };
  return {
    rows: requests.map(({ id, method, route, ageMs, state, span }) => {
      const frames = framesOf(id);
      return {
        key: `${instanceId}-${id}`,
        method,
        route,
        ageMs,
        state,
        ...(span && { span }),
        waitsAt: culpritOf(frames),
        frames,
      };
    }),
    total,
    placeKnown: knownAmong(requests, total, places),
    beyondLimit,
  };
}

/** Of requests that the reading has no room for, those that the tasks know of are in flight as well. */
function knownAmong(
  requests: RequestsReading['requests'],
  total: number,
  places: ReturnType<typeof requestPlaces>,
): number {
  const isKnown = ({ stacks }: { stacks: readonly number[] }) => stacks.length > 0;
  if (requests.length < total) {
    return Math.min(total, [...places.values()].filter(isKnown).length);
  }
  return requests.filter(({ id }) => isKnown(places.get(id) ?? { stacks: [] })).length;
}
