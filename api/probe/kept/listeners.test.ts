import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStackStore } from '../tasks/stack-store.ts';
import { createListenerWatch } from './listeners.ts';

const nothing = () => {};
const METHODS = ['on', 'addListener', 'prependListener'] as const;

describe('who adds listeners', () => {
  const watch = createListenerWatch(createStackStore(16));
  let emitter: EventEmitter;

  beforeEach(() => {
    emitter = new EventEmitter().setMaxListeners(0);
    for (let count = 0; count < 12; count += 1) emitter.on('change', nothing);
    watch.open();
  });
  afterEach(() => {
    watch.close();
    watch.forget();
  });

  const found = () =>
    watch.read().map(({ emitter: name, event, count, added }) => ({
      is: `${name} ${event} ${count}`,
      by: [...added].map(([{ frames }, times]) => `${times} ${frames[0]?.function}`),
    }));

  function follow(times = 1): void {
    for (let count = 0; count < times; count += 1) emitter.on('change', () => {});
  }

  it('is known of an emitter that has many, with the place and how many there are now', () => {
    follow(3);
    expect(found()).toEqual([{ is: 'EventEmitter change 15', by: ['3 follow'] }]);
    emitter.removeAllListeners();
    expect(found()).toEqual([{ is: 'EventEmitter change 0', by: ['3 follow'] }]);
    expect(found()).toEqual([]);
  });

  it('is known whichever way they are added', () => {
    const add = {
      on: () => emitter.on('change', nothing),
      once: () => emitter.once('change', nothing),
      addListener: () => emitter.addListener('change', nothing),
      prependListener: () => emitter.prependListener('change', nothing),
      prependOnceListener: () => emitter.prependOnceListener('change', nothing),
    };
    for (const each of Object.values(add)) each();
    const [{ by } = { by: [] }] = found();
    expect(by.join()).toMatch(/on.*once.*addListener.*prependListener.*prependOnceListener/s);
  });

  it('is known of targets of events, such as a signal that outlives what it is given to', () => {
    const { signal } = new AbortController();
    const listen = () => signal.addEventListener('abort', () => {});
    for (let count = 0; count < 20; count += 1) listen();
    expect(found()).toEqual([{ is: 'AbortSignal abort 20', by: ['10 listen'] }]);
  });

  it('is not asked of what has few, nor of what is not asked for', () => {
    new Readable({ read: nothing }).on('end', nothing).once('close', nothing);
    watch.close();
    follow();
    expect(found()).toEqual([]);
  });

  it('holds no emitter', async () => {
    follow();
    const held = new WeakRef(emitter);
    emitter = new EventEmitter();
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    await vi.waitFor(() => {
      collect();
      // Named in the assertion, it would be held by its error.
      expect(held.deref() === undefined).toBe(true);
    });
    expect(found()).toEqual([]);
  });
});

describe('the stand-in for Node’s methods', () => {
  const watch = createListenerWatch(createStackStore(16));
  const originals = METHODS.map((name) => EventEmitter.prototype[name]);
  afterEach(() => watch.close());

  it('is gone without a trace when the window is over', () => {
    watch.open();
    expect(METHODS.map((name) => EventEmitter.prototype[name])).not.toEqual(originals);
    watch.open();
    watch.close();
    expect(METHODS.map((name) => EventEmitter.prototype[name])).toEqual(originals);
  });

  it('looks and answers as Node’s does', () => {
    const describeOn = () => {
      const { value, ...rest } = Object.getOwnPropertyDescriptor(EventEmitter.prototype, 'on')!;
      return {
        ...rest,
        name: value.name,
        length: value.length,
        isMadeWithNew: 'prototype' in value,
      };
    };
    const before = { ...describeOn(), isMadeWithNew: false };
    watch.open();
    expect(describeOn()).toEqual(before);
    const emitter = new EventEmitter();
    expect(emitter.on('change', nothing)).toBe(emitter);
    expect(() => emitter.on('change', 'none' as never)).toThrow(/"listener" argument/);
    const seen: unknown[] = [];
    emitter.on('newListener', (event) => seen.push(event));
    emitter.once('done', nothing);
    expect(seen).toEqual(['done']);
  });

  it('leaves alone what the program puts in its place meanwhile', () => {
    watch.open();
    const ours = EventEmitter.prototype.on;
    const theirs = vi.fn(function (this: EventEmitter, ...args: Parameters<typeof ours>) {
      return ours.apply(this, args);
    });
    EventEmitter.prototype.on = theirs;
    try {
      watch.close();
      expect(EventEmitter.prototype.on).toBe(theirs);
      const emitter = new EventEmitter().on('change', nothing);
      expect(emitter.listenerCount('change')).toBe(1);
    } finally {
      [EventEmitter.prototype.on] = originals as [typeof ours];
    }
  });
});
