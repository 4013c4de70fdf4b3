/** A real server over a history that a test feeds point by point, and can kill and start again. */
import type { DeliveredPoint, HistoryPoint } from '../../api/diagnostics/history/point.ts';
import type { Diagnostics } from '../../api/diagnostics/types.ts';
import { createApi } from '../../api/server/api.ts';
// Else the first request loads it, for longer than a WebSocket waits where the machine is busy.
import '../../api/server/graphql/graphql.ts';
import { listen } from '../../api/server/listen.ts';
import { fakeDiagnostics } from '../../api/server/testing/fake-diagnostics.ts';

export interface ObservedProcessOptions {
  instanceId?: string;
  token?: string;
  /** 0 picks a free one. @default 0 */
  port?: number;
  /** Points that exist at start. @default 0 */
  points?: number;
  /** Points that are kept. @default 30 */
  historySize?: number;
  /** Methods that answer otherwise, such as one that fails. */
  overrides?: Partial<Diagnostics>;
  /** Path that everything is mounted below. @default '' */
  basePath?: string;
  /** False as in a server that passes on requests only. @default true */
  upgrades?: boolean;
}

export interface ObservedProcess {
  url: string;
  port: number;
  /** Takes so many more points. */
  tick(count?: number): void;
  subscribers(): number;
  /** The `after` of every subscription so far. */
  resumes(): (number | null)[];
  stop(): Promise<void>;
}

export async function startObservedProcess(
  options: ObservedProcessOptions = {},
): Promise<ObservedProcess> {
  const { instanceId = 'first', token = null, port = 0, points = 0, historySize = 30 } = options;
  const { basePath = '', upgrades = true } = options;
  const history = createFakeHistory(instanceId, historySize);
  history.tick(points);
  const diagnostics = fakeDiagnostics({
    history: history.points,
    metricsHistory: history.subscribe,
    ...options.overrides,
  });
  const api = createApi({
    diagnostics,
    access: { token, hosts: 'loopback', allowedHosts: [] },
    basePath,
    dashboardDir: null,
  });
  if (!upgrades) api.handleUpgrade = () => false;
  const server = await listen(api, { port, host: '127.0.0.1', log: () => {} });
  return {
    url: new URL(basePath, server.url).href,
    port: server.port,
    tick: history.tick,
    subscribers: history.subscribers,
    resumes: history.resumes,
    stop: () => server.stop(),
  };
}

function createFakeHistory(instanceId: string, historySize: number) {
  const [sample] = fakeDiagnostics().history() as [HistoryPoint];
  const resumes: (number | null)[] = [];
  let points: HistoryPoint[] = [];
  let lastSequence = 0;
  let subscribers = 0;
  let ticked = Promise.withResolvers<void>();

  async function* subscribe({
    after = null,
    signal,
  }: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]> {
    resumes.push(after);
    const aborted = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => aborted.resolve());
    let seen = after !== null && after <= lastSequence ? after : 0;
    subscribers += 1;
    try {
      while (!signal?.aborted) {
        const fresh = points.filter(({ sequence }) => sequence > seen);
        if (fresh.length > 0) {
          yield fresh.map((point, index) => ({
            ...point,
            droppedBefore: index === 0 && seen > 0 ? point.sequence - seen - 1 : 0,
          }));
          seen = fresh.at(-1)?.sequence ?? seen;
        } else {
          await Promise.race([ticked.promise, aborted.promise]);
        }
      }
    } finally {
      subscribers -= 1;
    }
  }

  return {
    subscribe,
    points: () => points,
    subscribers: () => subscribers,
    resumes: () => resumes,
    tick(count = 1) {
      const fresh = Array.from({ length: count }, () => {
        lastSequence += 1;
        return { ...sample, instanceId, sequence: lastSequence };
      });
      points = [...points, ...fresh].slice(-historySize);
      ticked.resolve();
      ticked = Promise.withResolvers();
    },
  };
}
