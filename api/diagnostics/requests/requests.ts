/** The requests in flight and the routes of what a probe is in. */
import { requestTable } from '../../analyzers/requests/request-table.ts';
import { routeTable } from '../../analyzers/requests/route-table.ts';
import type { RequestsReading, RoutesReading } from '../../probe/readings/requests.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import { type Answered, lastAnswer } from '../answers/last-answer.ts';
import { checkLimit, MOST_ROWS } from '../answers/limit.ts';
import type { Readings } from '../answers/readings.ts';
import type { RequestSnapshot, RouteSnapshot } from './types.ts';

export interface RequestAnswersOptions {
  readRequests: (question: { limit: number }) => Promise<RequestsReading>;
  /** Null where the thread cannot be asked while its loop is stuck. */
  readRequestsBlocked: (question: { limit: number }) => Promise<RequestsReading> | null;
  readRoutes: () => Promise<RoutesReading>;
  readRoutesBlocked: () => Promise<RoutesReading> | null;
  readTasks: () => Promise<Answered<TasksReading>>;
  instanceId: string;
  /** How answers come, and what is known of the loop. */
  way: Readings['way'];
}

export interface RequestAnswers {
  /** The oldest of those in flight. */
  readRequests(): Promise<RequestsReading>;
  readRoutes(): Promise<RoutesReading>;
  requests(question: { limit: number }): Promise<RequestSnapshot>;
  routes(question: { limit: number }): Promise<RouteSnapshot>;
}

export function createRequestAnswers(options: RequestAnswersOptions): RequestAnswers {
  const { readTasks, instanceId, way } = options;
  const question = { limit: MOST_ROWS };
  const readRequests = lastAnswer<RequestsReading>({
    ...way,
    read: () => options.readRequests(question),
    takenAtMs: ({ takenAtMs }) => takenAtMs,
    readBlocked: () => options.readRequestsBlocked(question),
  });
  const readRoutes = lastAnswer<RoutesReading>({
    ...way,
    read: options.readRoutes,
    takenAtMs: ({ takenAtMs }) => takenAtMs,
    readBlocked: options.readRoutesBlocked,
  });

  return {
    readRequests: async () => (await readRequests()).value,
    readRoutes: async () => (await readRoutes()).value,
    async requests({ limit }) {
      checkLimit(limit);
      // Tasks first: one that begins in between is listed, and where it waits is not known yet.
      const tasks = await readTasks().catch(() => null);
      const { value, observation } = await readRequests();
      const table = requestTable(value, tasks?.value ?? null, instanceId);
      return { ...table, rows: table.rows.slice(0, limit), observation };
    },
    async routes({ limit }) {
      checkLimit(limit);
      const { value, observation } = await readRoutes();
      return { rows: routeTable(value).slice(0, limit), observation };
    },
  };
}
