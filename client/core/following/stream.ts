/** A subscription as an async iterable with a bounded buffer. */
import type { DiagnosticsClientError } from '../errors/errors.ts';
import { onAbort } from '../on-abort.ts';
import { LatestQueue, type LatestQueueOptions } from './latest-queue.ts';

/** Ends with `return()`, as by `break` in a `for await`, or with `await using`. */
export interface Stream<Item> extends AsyncIterableIterator<Item, undefined> {
  return(): Promise<IteratorResult<Item, undefined>>;
  [Symbol.asyncIterator](): Stream<Item>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StreamOptions<Item> extends LatestQueueOptions<Item> {
  /** Each ends the iteration, without an error. */
  signals: readonly (AbortSignal | undefined)[];
  /** Begins to follow. @returns what ends it */
  follow(receiver: {
    push(item: Item): void;
    /** Nothing more comes. */
    end(error: DiagnosticsClientError): void;
  }): () => void;
  /** Called once, where it was started. */
  onClosed?(): void;
}

/** Connects with the first `next()`, so that an iterable nobody reads costs nothing. */
export function createStream<Item>(options: StreamOptions<Item>): Stream<Item> {
  const queue = new LatestQueue<Item>(options);
  let isStarted = false;
  let isOver = false;
  let stopFollowing = () => {};
  let ignoreSignals = () => {};

  function start(): void {
    if (isStarted || isOver) return;
    isStarted = true;
    ignoreSignals = onAbort(options.signals, close);
    if (isOver) return;
    stopFollowing = options.follow({
      push: (item) => queue.push(item),
      end(error) {
        queue.fail(error);
        release();
      },
    });
  }

  function close(): void {
    queue.close();
    release();
  }

  function release(): void {
    if (isOver) return;
    isOver = true;
    ignoreSignals();
    stopFollowing();
    if (isStarted) options.onClosed?.();
  }

  const stream: Stream<Item> = {
    next() {
      start();
      return queue.next();
    },
    async return() {
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
  return stream;
}
