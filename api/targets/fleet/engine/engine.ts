/**
 * The connection to the engine that a fleet is on, Redis or Valkey: commands in one go, and messages. It goes away and
 * comes back by itself; what is sent meanwhile is refused at once, and nothing is kept to be sent later.
 */
import type { Redis, RedisOptions } from 'ioredis';
import { harmless } from '../../../base/harmless.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { engineAddress, shownAddress } from './address.ts';

export type Command = readonly [name: string, ...args: (string | number | Buffer)[]];

export interface EngineStatus {
  /** Without user and password. */
  address: string;
  isConnected: boolean;
  /** Since when it is connected, or is not. */
  sinceMs: number;
  /** Why it is not connected, or what it refused last; null where all is well. */
  error: string | null;
}

export interface EngineOptions {
  /** Is called with each message of the channels that were subscribed to. What it throws is passed over. */
  onMessage(channel: string, message: Buffer): void;
  channels: readonly string[];
  /** As it becomes reachable, and each time that it is back. */
  onConnected?: () => void;
  /** Told in one line that it cannot be reached, and not again before it was reachable for a while. */
  log(line: string): void;
}

export interface Engine {
  /**
   * Sends commands in one go.
   * @returns the answer of each, an Error where it was refused
   * @throws Error where it is away, or silent
   */
  send(commands: readonly Command[]): Promise<unknown[]>;
  /**
   * The beginning of each value, so long at most; null where there is none.
   * @throws Error where it is away, silent, or refuses
   */
  readBytes(keys: readonly string[], mostBytes: number): Promise<(Buffer | null)[]>;
  status(): EngineStatus;
  /** Idempotent. */
  stop(): void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Whoever does not answer by then is cut off, and tried anew. */
const ANSWER_WITHIN_MS = 5_000;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 20_000;
const DOUBLINGS = 7;
/** So that a hundred that lost it at once do not come back at once. */
const JITTER = 0.3;
const PING_EVERY_MS = 10_000;
/** It has been well for so long that its next failure is news. */
const WELL_AFTER_MS = 60_000;
const SHOWN_CHARACTERS = 200;

/** Settles once what it needs is loaded; it connects by itself from then on. */
export async function openEngine(url: string, options: EngineOptions): Promise<Engine> {
  const { Redis } = await import('ioredis');
  const address = shownAddress(url);
  let error: string | null = null;
  let sinceMs = Date.now();
  let wasConnected = false;
  let isStopped = false;
  let isTold = false;

  const clientOptions = redisOptions(url);
  const commands = new Redis(clientOptions);
  const messages = new Redis(clientOptions);
  let isSubscribed = false;
  /** Why it was cut off; null where it was not. */
  let silence: Error | null = null;
  const isConnected = () => commands.status === 'ready' && isSubscribed;

  function fail(cause: unknown): void {
    error = wordsOf(cause);
    noteState();
    if (isConnected() || isTold || isStopped) return;
    isTold = true;
    options.log(
      `the fleet at ${address} cannot be reached (${error}); it is tried again and again`,
    );
  }

  function noteState(): void {
    if (isConnected() === wasConnected) return;
    if (wasConnected && Date.now() - sinceMs > WELL_AFTER_MS) isTold = false;
    wasConnected = !wasConnected;
    sinceMs = Date.now();
    if (!wasConnected) return;
    error = null;
    silence = null;
    options.onConnected?.();
  }

  for (const client of [commands, messages]) {
    client.on('error', fail);
    client.on('close', () => {
      if (client === messages) isSubscribed = false;
      if (wasConnected) fail(silence ?? new Error('the connection was closed'));
    });
  }
  commands.on('ready', noteState);
  messages.on('ready', () => void subscribe());
  messages.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    harmless(() => options.onMessage(channel.toString('latin1'), message))();
  });

  /** One that was frozen, or lost without a word, is cut off. */
  async function answered<T>(client: Redis, asked: Promise<T>): Promise<T> {
    return withDeadline(asked, ANSWER_WITHIN_MS, () => {
      silence = new Error(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`);
      client.disconnect(true);
      fail(silence);
      throw silence;
    });
  }

  async function subscribe(): Promise<void> {
    try {
      await answered(messages, messages.subscribe(...options.channels));
      isSubscribed = true;
      noteState();
    } catch (cause) {
      fail(cause);
      // Refused, for want of a right: that may be given. Where the connection was lost, the next one begins anew.
      const again = () => {
        if (messages.status === 'ready' && !isSubscribed) void subscribe();
      };
      setTimeout(again, LONGEST_RETRY_MS).unref();
    }
  }

  function requireReady(): void {
    if (isStopped || commands.status !== 'ready') throw new Error(error ?? 'it is not connected');
  }

  const ping = setInterval(() => {
    if (isSubscribed) answered(messages, messages.ping()).catch(() => {});
  }, PING_EVERY_MS);
  ping.unref();

  for (const client of [commands, messages]) client.connect().catch(fail);

  return {
    async readBytes(keys, mostBytes) {
      requireReady();
      const asked = keys.map((key) => commands.callBuffer('GETRANGE', key, 0, mostBytes - 1));
      const read = await answered(commands, Promise.all(asked as Promise<Buffer>[]));
      return read.map((bytes) => (bytes.length === 0 ? null : bytes));
    },
    async send(all) {
      requireReady();
      const pipeline = commands.pipeline();
      for (const [name, ...args] of all) pipeline.call(name, ...args);
      const answers = (await answered(commands, pipeline.exec())) ?? [];
      const refusal = answers.find(([refused]) => refused !== null)?.[0];
      error = refusal == null ? null : wordsOf(refusal);
      return answers.map(([refused, value]) => refused ?? value);
    },
    status: () => ({ address, isConnected: wasConnected, sinceMs, error }),
    stop() {
      isStopped = true;
      clearInterval(ping);
      for (const client of [commands, messages]) client.disconnect();
    },
  };
}

function redisOptions(url: string): RedisOptions {
  const { host, port, username, password, database, isEncrypted } = engineAddress(url);
  return {
    host,
    port,
    username,
    password,
    db: database,
    ...(isEncrypted && { tls: {} }),
    // Proxies in front of an engine know it best.
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy,
    // What cannot be sent now is not sent later: its sender knows what is still of interest.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    // Both need rights that nothing else here does.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}

function retryStrategy(times: number): number {
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, DOUBLINGS), LONGEST_RETRY_MS);
  return Math.round(waitMs * (1 + JITTER * Math.random()));
}

/** It holds no secrets: a client has no reason to repeat them, and what looks like an address is left out. */
function wordsOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const words = message === '' || message === undefined ? (code ?? 'unknown') : message;
  return words
    .replace(/\S+:\/\/\S+/g, '…')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, SHOWN_CHARACTERS);
}
