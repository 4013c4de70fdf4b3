/** A real Redis with a user that may use what is pprofql's alone, where one is installed. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Program } from '../../../../scripts/testing/program.ts';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
export const NO_REDIS = 'redis-server is not installed';

/** As the README has it. */
const LIMITED_USER =
  'member on >secret resetkeys ~pprofql:* resetchannels &pprofql:* -@all +@connection +time +publish +subscribe +set +getrange +del +expire +sadd +srem +scard +smembers +srandmember +xadd +xrange +xrevrange';

export interface RedisServer extends AsyncDisposable {
  /** Of the user that is limited. */
  url: string;
  /** Of the one that may do everything. */
  adminUrl: string;
  /** Without user and password. */
  shown: string;
  kill(): Promise<void>;
  /** At the same port. */
  start(): Promise<void>;
  /** Stops without a word, and goes on. */
  freeze(isFrozen: boolean): void;
}

export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-redis-'));
  const port = await freePort();
  const shown = `redis://127.0.0.1:${port}`;
  let program: Program;
  async function start(): Promise<void> {
    program = new Program(
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
        ...['--user', ...LIMITED_USER.split(' ')],
      ],
      { command: 'redis-server' },
    );
    await program.printed(/Ready to accept connections/);
  }
  await start();
  return {
    url: `redis://member:secret@127.0.0.1:${port}`,
    adminUrl: shown,
    shown,
    start,
    kill: () => program.kill(),
    freeze: (isFrozen) => program.signal(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
    async [Symbol.asyncDispose]() {
      await program.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A connection that may do everything. */
export async function adminOf({ adminUrl }: RedisServer): Promise<Redis> {
  const redis = new Redis(adminUrl, { lazyConnect: true });
  redis.on('error', () => {});
  await redis.connect();
  return redis;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
