/** What is published on the channels of a fleet: a connection of its own, made anew whenever it is lost. */
import type { Redis } from 'ioredis';
import { harmless } from '../../../base/harmless.ts';
import { retryAfterMs } from './clients.ts';

export interface MessagesOptions {
  channels: readonly string[];
  /** One that has not begun, and does not connect again by itself. */
  connection(): Redis;
  onMessage(channel: string, message: Buffer): void;
  /** That it is subscribed from now on, or why it is not. */
  onChange(error: Error | null): void;
  /** For a question to the engine at most. */
  answerWithinMs: number;
}

export interface Messages {
  isSubscribed(): boolean;
  /** Ends the connection, which is then made anew. */
  cutOff(why: Error): void;
  /** Idempotent. */
  stop(): void;
}

export function listenForMessages(options: MessagesOptions): Messages {
  let connection: Redis | null = null;
  let isSubscribed = false;
  let isStopped = false;
  let failures = 0;
  let why: Error | null = null;
  let timer: NodeJS.Timeout | undefined;

  function open(): void {
    const opened = options.connection();
    connection = opened;
    let hasEnded = false;
    opened.on('error', (error: Error) => {
      why ??= error;
    });
    opened.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      harmless(() => options.onMessage(channel.toString('latin1'), message))();
    });
    opened.once('end', () => {
      if (hasEnded) return;
      hasEnded = true;
      lose();
    });
    subscribe(opened).catch((error: Error) => {
      why ??= error;
      opened.disconnect();
    });
  }

  async function subscribe(opened: Redis): Promise<void> {
    // One that is silent at its beginning would be waited for for ever.
    const late = setTimeout(() => {
      why ??= new Error(`no answer within ${options.answerWithinMs / 1_000} s`);
      opened.disconnect();
    }, 2 * options.answerWithinMs).unref();
    try {
      await opened.connect();
      await opened.subscribe(...options.channels);
    } finally {
      clearTimeout(late);
    }
    if (isStopped || opened !== connection) return;
    isSubscribed = true;
    failures = 0;
    why = null;
    options.onChange(null);
  }

  function lose(): void {
    const cause = why ?? new Error('the connection was closed');
    isSubscribed = false;
    why = null;
    if (isStopped) return;
    failures += 1;
    timer = setTimeout(open, retryAfterMs(failures)).unref();
    options.onChange(cause);
  }

  open();
  return {
    isSubscribed: () => isSubscribed,
    cutOff(cause) {
      why = cause;
      connection?.disconnect();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      connection?.disconnect();
    },
  };
}
