import type { IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import { builder } from '../builder.ts';

export const RouteCountType = builder
  .objectRef<IdentifiedGroup['routes'][number]>('RouteCount')
  .implement({
    description: 'How many tasks belong to requests of one route.',
    fields: (t) => ({
      route: t.exposeString('route', {
        description: 'Method and route pattern, such as `GET /users/:id`; never a query string.',
      }),
      count: t.exposeInt('count', { description: 'Tasks; an estimate while tasks are sampled.' }),
    }),
  });
