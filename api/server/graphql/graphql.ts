/** GraphQL over both transports, from one execution path. */

import type { TargetedDiagnostics } from '../../targets/target.ts';
import type { Access } from '../gates/access.ts';
import type { ServerLimits } from '../gates/limits.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../unexpected.ts';
import { createGraphqlOverHttp } from './http.ts';
import { createOperations } from './operations.ts';
import { createGraphqlOverSocket } from './socket.ts';

export interface GraphqlOptions {
  diagnostics: TargetedDiagnostics;
  access: Access;
  limits: ServerLimits;
  load: Load;
  log: Log;
}

export type Graphql = ReturnType<typeof createGraphql>;

export function createGraphql({ diagnostics, access, limits, load, log }: GraphqlOptions) {
  const operations = createOperations({ diagnostics, limits, load, log });
  const overHttp = createGraphqlOverHttp(operations, { limits, load });
  const overSocket = createGraphqlOverSocket({ operations, access, limits, load, log });
  return {
    overHttp,
    overSocket,
    async stop(): Promise<void> {
      await Promise.all([overSocket.stop(), overHttp.stop()]);
      await operations.dispose();
    },
  };
}
