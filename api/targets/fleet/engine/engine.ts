/**
 * The connection to the engine that a fleet is on, Redis or Valkey: commands in one go, and messages. It goes away and
 * comes back by itself; what is sent meanwhile is refused at once, and nothing is kept to be sent later.
 */
import { engineAddress, shownAddress } from '../../../base/options/engine-address.ts';
import { randomHex } from '../../../base/random-id.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { createClients } from './clients.ts';
import type { Command } from './command.ts';
import { listenForMessages } from './messages.ts';

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
   * @returns the answer of each, an Error where it was refused, null for a count that only a part of a cluster knows
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

/** Whoever does not answer by then is cut off, and tried anew. */
const ANSWER_WITHIN_MS = 5_000;
const LISTENED_EVERY_MS = 10_000;
/** It has been well for so long that its next failure is news. */
const WELL_AFTER_MS = 60_000;
const SHOWN_CHARACTERS = 200;
const TOKEN_BYTES = 16;

/** Settles once what it needs is loaded; it connects by itself from then on. */
export async function openEngine(url: string, options: EngineOptions): Promise<Engine> {
  const address = shownAddress(url);
  const [ownChannel] = options.channels;
  let error: string | null = null;
  let sinceMs = Date.now();
  let wasConnected = false;
  let isStopped = false;
  let isTold = false;
  /** Until the connection has closed, or is there again. */
  let isCutOff = false;
  /** Why it was cut off; null where it was not. */
  let silence: Error | null = null;
  /** What was published to see whether it comes back. */
  let heard: { token: string; hear(): void } | null = null;

  const { commands, send, messages: connection } = await createClients(engineAddress(url));
  const messages = listenForMessages({
    channels: options.channels,
    connection,
    answerWithinMs: ANSWER_WITHIN_MS,
    onMessage(channel, message) {
      if (heard !== null && channel === ownChannel && message.equals(Buffer.from(heard.token))) {
        heard.hear();
      } else options.onMessage(channel, message);
    },
    onChange: (cause) => (cause === null ? noteState() : fail(cause)),
  });
  const isConnected = () => commands.status === 'ready' && messages.isSubscribed();

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

  commands.on('error', fail);
  commands.on('close', () => {
    isCutOff = false;
    if (wasConnected) fail(silence ?? new Error('the connection was closed'));
  });
  commands.on('ready', () => {
    isCutOff = false;
    noteState();
  });

  const silent = () => new Error(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`);

  /** Of all that wait for an answer, the first to give up does. */
  function cutOff(): void {
    if (isCutOff) return;
    isCutOff = true;
    commands.disconnect(true);
  }

  /** One that was frozen, or lost without a word, is cut off. */
  async function answered<T>(asked: Promise<T>): Promise<T> {
    return withDeadline(asked, ANSWER_WITHIN_MS, () => {
      const why = silent();
      silence = why;
      cutOff();
      fail(why);
      throw why;
    });
  }

  function requireReady(): void {
    if (isStopped || commands.status !== 'ready') throw new Error(error ?? 'it is not connected');
  }

  /** Whoever listens at a server that is the wrong one by now hears nothing, and would not know. */
  async function listen(): Promise<void> {
    if (!isConnected() || heard !== null) return;
    const token = randomHex(TOKEN_BYTES);
    const { promise, resolve } = Promise.withResolvers<void>();
    heard = { token, hear: resolve };
    try {
      const [refusal] = await answered(send([['PUBLISH', ownChannel!, token]]));
      if (refusal instanceof Error) return;
      await withDeadline(promise, ANSWER_WITHIN_MS, () => messages.cutOff(silent()));
    } finally {
      heard = null;
    }
  }

  const listening = setInterval(() => void listen().catch(() => {}), LISTENED_EVERY_MS);
  listening.unref();
  commands.connect().catch(fail);

  return {
    async readBytes(keys, mostBytes) {
      requireReady();
      const asked = keys.map((key) => commands.callBuffer('GETRANGE', key, 0, mostBytes - 1));
      const read = await answered(Promise.all(asked as Promise<Buffer>[]));
      return read.map((bytes) => (bytes.length === 0 ? null : bytes));
    },
    async send(all) {
      requireReady();
      const answers = await answered(send(all));
      const refusal = answers.find((answer) => answer instanceof Error);
      error = refusal === undefined ? null : wordsOf(refusal);
      return answers;
    },
    status: () => ({ address, isConnected: wasConnected, sinceMs, error }),
    stop() {
      isStopped = true;
      clearInterval(listening);
      messages.stop();
      commands.disconnect();
    },
  };
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
