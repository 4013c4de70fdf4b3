/** A real Redis with a user that may use what is pprofql's alone, where one is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../../../scripts/testing/free-port.ts';
import { Program } from '../../../../scripts/testing/program.ts';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
export const NO_REDIS = 'redis-server is not installed';

/** The users that the documentation has, with their rights; in a cluster one more. */
const USERS = usersOf(readFileSync(new URL('../../../../docs/fleet.md', import.meta.url), 'utf8'));
const OF_A_CLUSTER = '+cluster|slots';
const PASSWORD = 'SECRET';

function usersOf(text: string): string[][] {
  return [...text.matchAll(/^ACL SETUSER (.+)$/gm)].map(([, rules]) => rules!.split(/\s+/));
}

export interface ServerOptions {
  /** @default those of a server with nothing particular */
  args?: (place: ServerPlace) => readonly string[];
  /** What it prints when it can be used. @default what a server prints */
  ready?: RegExp;
}

export interface ServerPlace {
  port: number;
  /** Of its files. */
  folder: string;
}

/** A server alone: where it listens, and what can be done to it. */
export interface ServerProcess extends ServerPlace, AsyncDisposable {
  kill(): Promise<void>;
  /** At the same port. */
  start(): Promise<void>;
  /** Stops without a word, and goes on. */
  freeze(isFrozen: boolean): void;
}

export interface RedisServer extends ServerProcess {
  /** Of the user that processes have. */
  url: string;
  /** Of the one that a page has. */
  hubUrl: string;
  /** Of the one that may do everything. */
  adminUrl: string;
  /** Without user and password. */
  shown: string;
}

const READY = /Ready to accept connections/;

/** For a server with nothing particular. */
export const usualArgs = ({ port, folder }: ServerPlace): string[] => [
  ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
  ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
  ...USERS.flatMap((rules) => ['--user', ...rules, OF_A_CLUSTER]),
];

/** Nothing runs before `start`. */
export async function redisProcess({
  args = usualArgs,
  ready = READY,
}: ServerOptions = {}): Promise<ServerProcess> {
  const place = {
    folder: mkdtempSync(join(tmpdir(), 'pprofql-redis-')),
    port: await freePort(),
  };
  let program: Program | null = null;
  return {
    ...place,
    async start() {
      program = new Program(args(place), { command: 'redis-server' });
      await program.printed(ready);
    },
    kill: async () => program?.kill(),
    freeze: (isFrozen) => program?.signal(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
    async [Symbol.asyncDispose]() {
      await program?.kill();
      rmSync(place.folder, { recursive: true });
    },
  };
}

/** @param options `isAway`: it is not started. @default false */
export async function startRedis({ isAway = false } = {}): Promise<RedisServer> {
  const server = await redisProcess();
  if (!isAway) await server.start();
  const at = `127.0.0.1:${server.port}`;
  return { ...server, ...urlsOf('redis', at), adminUrl: `redis://${at}`, shown: `redis://${at}` };
}

/** Of the users that are limited. @param place what comes behind them */
export const urlsOf = (scheme: string, place: string) => ({
  url: `${scheme}://pprofql-member:${PASSWORD}@${place}`,
  hubUrl: `${scheme}://pprofql-hub:${PASSWORD}@${place}`,
});

/** A connection that may do everything. */
export async function adminOf({ adminUrl }: Pick<RedisServer, 'adminUrl'>): Promise<Redis> {
  const redis = new Redis(adminUrl, { lazyConnect: true });
  redis.on('error', () => {});
  await redis.connect();
  return redis;
}
