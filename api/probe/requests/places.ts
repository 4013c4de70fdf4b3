/** Where each request in flight waits, by the tasks that a reading has of it. */
import { isRuntimeFile } from '../../base/files/own-files.ts';
import type { StackFrame, TasksReading } from '../readings/tasks.ts';
import { routeName } from './routes/route-name.ts';

export interface RequestPlaces {
  /** As in `GET /users/:id`. */
  route: string;
  /** How many requests it stands for. */
  weight: number;
  /** Indexes into the stacks of the reading; empty where none is known. */
  stacks: readonly number[];
}

/** Sockets and alike: where a request waits for what one of them brings, that is the better place. */
const HANDLE_TYPE = /WRAP$/;
/** A connection's idle timeout, and the second for which a Date header is kept. */
const NODES_OWN_TIMER = /^setUnrefTimeout$|setStreamTimeout/;

interface Candidates extends RequestPlaces {
  stacks: number[];
  /** Where its tasks were created, promises and timers first: used where nobody tells where they wait. */
  created: number[];
  handles: number[];
}

/** By `RequestReading.id`. */
export function requestPlaces(reading: TasksReading): ReadonlyMap<number, RequestPlaces> {
  const places = new Map<number, Candidates>();
  for (const { id, method, route, endedAtMs } of reading.requests) {
    if (endedAtMs !== null) continue;
    places.set(id, {
      route: routeName(method, route),
      weight: 0,
      stacks: [],
      created: [],
      handles: [],
    });
  }
  for (const { request, stack, stackKind, weight, type } of reading.tasks) {
    const place = request === null ? undefined : places.get(request);
    if (place === undefined) continue;
    place.weight = Math.max(place.weight, weight);
    if (stack < 0 || isNodesOwn(reading.stacks[stack]!)) continue;
    if (stackKind === 'WAITS') place.stacks.push(stack);
    else (HANDLE_TYPE.test(type) ? place.handles : place.created).push(stack);
  }
  for (const place of places.values()) {
    if (place.stacks.length === 0) {
      place.stacks = place.created.length > 0 ? place.created : place.handles;
    }
  }
  return places;
}

/** No place in the program's code, or a timer that Node has for itself. */
function isNodesOwn(frames: readonly StackFrame[]): boolean {
  return (
    frames.every(({ file }) => isRuntimeFile(file)) ||
    frames.some((frame) => NODES_OWN_TIMER.test(frame.function))
  );
}
