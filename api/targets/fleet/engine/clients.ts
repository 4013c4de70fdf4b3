/** The connections to an engine as its client takes them, whichever kind of engine is at the address. */
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { EngineAddress, EngineNode } from '../../../base/options/engine-address.ts';
import type { Command } from './command.ts';

export interface Clients {
  /** Connects again by itself, once it was told to connect. */
  commands: Redis | Cluster;
  /** In one go. @returns the answer of each, an Error where it was refused, null for a count that is of a part alone */
  send(commands: readonly Command[]): Promise<unknown[]>;
  /** A further connection, for messages. It does not connect again by itself. */
  messages(): Redis;
}

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 20_000;
const DOUBLINGS = 7;
/** So that a hundred that lost it at once do not come back at once. */
const JITTER = 0.3;
/** Where nothing else tells that another node has the keys. */
const SLOTS_EVERY_MS = 60_000;
const SLOTS_TIMEOUT_MS = 2_000;
/** An old master that has become a replica. */
const READ_ONLY = /^READONLY/;

/** @param times of failing so far, 1 at first */
export function retryAfterMs(times: number): number {
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, DOUBLINGS), LONGEST_RETRY_MS);
  return Math.round(waitMs * (1 + JITTER * Math.random()));
}

export async function createClients(address: EngineAddress): Promise<Clients> {
  const ioredis = await import('ioredis');
  return address.kind === 'CLUSTER'
    ? clusterClients(ioredis, address)
    : serverClients(ioredis, address);
}

type Client = Pick<typeof import('ioredis'), 'Redis' | 'Cluster'>;

function serverClients({ Redis }: Client, address: EngineAddress): Clients {
  const options = { ...optionsOf(address), ...placeOf(address) };
  const commands = new Redis({
    ...options,
    retryStrategy: retryAfterMs,
    sentinelRetryStrategy: retryAfterMs,
    reconnectOnError: ({ message }) => READ_ONLY.test(message),
  });
  return {
    commands,
    async send(all) {
      const pipeline = commands.pipeline();
      for (const [name, ...args] of all) pipeline.call(name, ...args);
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([refused, value]) => refused ?? value);
    },
    messages: () =>
      new Redis({ ...options, retryStrategy: () => null, sentinelRetryStrategy: () => null }),
  };
}

function clusterClients({ Cluster, Redis }: Client, address: EngineAddress): Clients {
  const options = optionsOf(address);
  const commands = new Cluster([...address.nodes], {
    redisOptions: options,
    lazyConnect: true,
    clusterRetryStrategy: retryAfterMs,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    slotsRefreshInterval: SLOTS_EVERY_MS,
    slotsRefreshTimeout: SLOTS_TIMEOUT_MS,
    // Certificates are of names.
    ...(address.isEncrypted && { dnsLookup: (name, tell) => tell(null, name) }),
  });
  let at = Math.floor(Math.random() * address.nodes.length);

  /** Each node passes on what is published at any other. Another one each time: one of them may be down. */
  function nextNode(): EngineNode {
    const known = commands
      .nodes('all')
      .flatMap(({ options: { host, port } }) =>
        host === undefined || port === undefined ? [] : [{ host, port }],
      );
    const nodes = known.length > 0 ? known : address.nodes;
    at += 1;
    return nodes[at % nodes.length]!;
  }

  /** Those who listen are told of one node. */
  async function one([name, ...args]: Command): Promise<unknown> {
    try {
      const answer = await commands.call(name, ...args);
      return name === 'PUBLISH' ? null : answer;
    } catch (error) {
      return error;
    }
  }

  return {
    commands,
    send: (all) => Promise.all(all.map(one)),
    messages: () => new Redis({ ...options, ...nextNode(), retryStrategy: () => null }),
  };
}

function placeOf({ kind, nodes, masterName, ...address }: EngineAddress): RedisOptions {
  const { database: db, isEncrypted, sentinelUsername, sentinelPassword } = address;
  if (kind === 'SERVER') return { ...nodes[0]!, db };
  return {
    sentinels: [...nodes],
    name: masterName!,
    db,
    sentinelUsername,
    sentinelPassword,
    ...(isEncrypted && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}

/** Of a connection to any server. */
function optionsOf({ username, password, isEncrypted }: EngineAddress) {
  return {
    username,
    password,
    ...(isEncrypted && { tls: {} }),
    // Proxies in front of an engine know it best.
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // What cannot be sent now is not sent later: its sender knows what is still of interest.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    // Both need rights that nothing else here does.
    enableReadyCheck: false,
    disableClientInfo: true,
  } satisfies RedisOptions;
}
