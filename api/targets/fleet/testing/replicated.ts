/** Redis as it fails over: a master with a replica that Sentinels watch, and a cluster. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePort } from '../../../../scripts/testing/free-port.ts';
import {
  redisProcess,
  type ServerPlace,
  type ServerProcess,
  urlsOf,
  usualArgs,
} from './redis-server.ts';

export interface Replicated extends AsyncDisposable {
  /** Of the user that processes have. */
  url: string;
  /** Of the one that a page has. */
  hubUrl: string;
  /** Without user and password. */
  shown: string;
  /** Of which one is lost, where writes go to. */
  master: ServerProcess;
  /** Once another server takes the writes of the lost one. */
  failedOver(): Promise<void>;
}

const SENTINELS = [1, 2, 3];
const QUORUM = 2;
const DOWN_AFTER_MS = 2_000;
const MASTER_NAME = 'shop.main';
const SENTINEL_PASSWORD = 'watch';
const NODE_TIMEOUT_MS = 2_000;
/** Of its first and last slot. */
const SHARDS = [
  [0, 5_460],
  [5_461, 10_922],
  [10_923, 16_383],
] as const;

function requireWords(text: string, words: string): void {
  if (!text.includes(words)) throw new Error(`not yet ${words}: ${text}`);
}

async function dispose(servers: readonly ServerProcess[]): Promise<void> {
  for (const server of servers) server.freeze(false);
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
}

async function ask<T>(
  { port }: ServerPlace,
  question: (redis: Redis) => Promise<T>,
  password?: string,
): Promise<T> {
  const options = { lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null };
  const redis = new Redis(port, '127.0.0.1', { ...options, password });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** What was started by then ends where the whole cannot be. */
async function orNothing<T>(start: (servers: ServerProcess[]) => Promise<T>): Promise<T> {
  const servers: ServerProcess[] = [];
  try {
    return await start(servers);
  } catch (error) {
    await dispose(servers);
    throw error;
  }
}

async function started(
  servers: ServerProcess[],
  args: (place: ServerPlace) => readonly string[],
): Promise<ServerProcess> {
  const server = await redisProcess({ args });
  servers.push(server);
  await server.start();
  return server;
}

const untilReplicates = (replica: ServerPlace) =>
  vi.waitFor(async () =>
    requireWords(await ask(replica, (redis) => redis.info('replication')), 'link_status:up'),
  );

/** A master and a replica, and three Sentinels with a password of their own. */
export const startSentinels = (): Promise<Replicated> => orNothing(sentinelsAmong);

async function sentinelsAmong(servers: ServerProcess[]): Promise<Replicated> {
  const master = await started(servers, usualArgs);
  const replica = await started(servers, (place) => [
    ...usualArgs(place),
    ...['--replicaof', '127.0.0.1', String(master.port)],
  ]);
  await untilReplicates(replica);
  const sentinels = await Promise.all(SENTINELS.map(() => startSentinel(servers, master)));
  const askSentinel = (sentinel: ServerProcess, ...words: string[]) =>
    ask(
      sentinel,
      async (redis) => JSON.stringify(await redis.call('SENTINEL', ...words, MASTER_NAME)),
      SENTINEL_PASSWORD,
    );
  for (const sentinel of sentinels) {
    await vi.waitFor(async () => requireWords(await askSentinel(sentinel, 'CKQUORUM'), 'OK 3'));
    await vi.waitFor(async () =>
      requireWords(await askSentinel(sentinel, 'REPLICAS'), String(replica.port)),
    );
  }
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join();
  return {
    ...urlsOf('redis+sentinel', `${hosts}/${MASTER_NAME}?sentinel_password=${SENTINEL_PASSWORD}`),
    shown: `redis+sentinel://${hosts}/${MASTER_NAME}`,
    master,
    async failedOver() {
      await vi.waitFor(async () =>
        requireWords(
          await askSentinel(sentinels[0]!, 'GET-MASTER-ADDR-BY-NAME'),
          String(replica.port),
        ),
      );
    },
    [Symbol.asyncDispose]: () => dispose(servers),
  };
}

async function startSentinel(
  servers: ServerProcess[],
  master: ServerPlace,
): Promise<ServerProcess> {
  const server = await redisProcess({
    args({ port, folder }) {
      const file = join(folder, 'sentinel.conf');
      writeFileSync(
        file,
        [
          `port ${port}`,
          'bind 127.0.0.1',
          `dir ${folder}`,
          `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} ${QUORUM}`,
          `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
          `sentinel failover-timeout ${MASTER_NAME} 10000`,
          `requirepass ${SENTINEL_PASSWORD}`,
          `sentinel sentinel-pass ${SENTINEL_PASSWORD}`,
        ].join('\n'),
      );
      return [file, '--sentinel'];
    },
    ready: /\+monitor master/,
  });
  servers.push(server);
  await server.start();
  return server;
}

/** Three masters, and a replica of the first. */
export const startCluster = (): Promise<Replicated> => orNothing(clusterAmong);

async function clusterAmong(servers: ServerProcess[]): Promise<Replicated> {
  const buses = new Map<ServerPlace, number>();
  async function startNode(): Promise<ServerProcess> {
    const bus = await freePort();
    const node = await started(servers, (place) => [
      ...usualArgs(place),
      ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
      ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS)],
    ]);
    buses.set(node, bus);
    return node;
  }
  const replica = await startNode();
  const masters: ServerProcess[] = [];
  for (const [first, last] of SHARDS) {
    const node = await startNode();
    masters.push(node);
    await ask(node, (redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)));
  }
  const all = [...masters, replica];
  const [first] = masters as [ServerProcess];
  for (const node of all.slice(1)) {
    const place = ['127.0.0.1', String(node.port), String(buses.get(node))];
    await ask(first, (redis) => redis.call('CLUSTER', 'MEET', ...place));
  }
  const clusterInfo = (node: ServerPlace) =>
    ask(node, (redis) => redis.call('CLUSTER', 'INFO') as Promise<string>);
  for (const node of all) {
    await vi.waitFor(async () => {
      const info = await clusterInfo(node);
      requireWords(info, 'cluster_state:ok');
      requireWords(info, `cluster_known_nodes:${all.length}`);
    });
  }
  const id = await ask(first, (redis) => redis.call('CLUSTER', 'MYID') as Promise<string>);
  await vi.waitFor(() => ask(replica, (redis) => redis.call('CLUSTER', 'REPLICATE', id)));
  await untilReplicates(replica);
  // The first one is what is lost: it is not the only one that is known.
  const hosts = all.map(({ port }) => `127.0.0.1:${port}`).join();
  return {
    ...urlsOf('redis+cluster', hosts),
    shown: `redis+cluster://${hosts}`,
    master: first,
    async failedOver() {
      await vi.waitFor(async () => {
        requireWords(await ask(replica, (redis) => redis.info('replication')), 'role:master');
        requireWords(await clusterInfo(replica), 'cluster_state:ok');
      });
    },
    [Symbol.asyncDispose]: () => dispose(servers),
  };
}
