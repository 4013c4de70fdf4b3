import { describe, expect, it } from 'vitest';
import { createStackStore, parseFrame } from './stack-store.ts';

describe('parseFrame', () => {
  it.each([
    ['load (/app/a.js:7:9)', { function: 'load', file: '/app/a.js', line: 7, column: 9 }],
    ['async load (/a.js:7:9)', { function: 'load', file: '/a.js', line: 7, isAsync: true }],
    ['file:///app/a.mjs:7:9', { function: '(anonymous)', file: 'file:///app/a.mjs', line: 7 }],
    ['new Promise (<anonymous>)', { function: 'new Promise', file: '', line: 0 }],
    ['async Promise.all (index 0)', { function: 'Promise.all', file: '', isAsync: true }],
    ['C:\\app\\a.js:7:9', { function: '(anonymous)', file: 'C:\\app\\a.js', line: 7 }],
    ['load (shop.js:7:9)', { function: 'load', file: 'shop.js', line: 7 }],
    [
      'load (eval at run (/app/a.js:3:9), <anonymous>:7:23)',
      { function: 'load', file: '/app/a.js', line: 3, column: 9 },
    ],
    [
      'eval at a (eval at b (file:///app/b.mjs:1:2), <anonymous>:3:4), <anonymous>:5:6',
      { function: '(anonymous)', file: 'file:///app/b.mjs', line: 1, column: 2 },
    ],
    ['f (/with (brackets)/a.js:7:9)', { file: '/with (brackets)/a.js', line: 7 }],
  ])('reads %j', (line, expected) => {
    expect(parseFrame(line)).toMatchObject(expected);
  });
});

describe('a stack store', () => {
  function taken(depth: number) {
    const store = createStackStore(depth);
    const take = () => store.take(take);
    const outer = () => take();
    return [store.format(outer()), store.format(outer())] as const;
  }

  it('leaves out the taking function and keeps no more frames than asked for', () => {
    const [stack] = taken(2);
    expect(stack.frames).toHaveLength(2);
    expect(stack.frames[0]?.function).toBe('outer');
  });

  it('works where the host has its own formatter and limit, and leaves both alone', () => {
    const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
    const prepare = () => 'unreadable';
    Error.stackTraceLimit = 0;
    Error.prepareStackTrace = prepare;
    try {
      const [stack] = taken(3);
      expect(stack.frames[0]?.function).toBe('outer');
      expect(Error.stackTraceLimit).toBe(0);
      expect(Error.prepareStackTrace).toBe(prepare);
    } finally {
      Error.stackTraceLimit = before.limit;
      Error.prepareStackTrace = before.prepare;
    }
  });

  it('survives a host that has locked both, which stay as they are', () => {
    const prepare = () => 'unreadable';
    const locked = { writable: false, configurable: true };
    const before = {
      stackTraceLimit: Error.stackTraceLimit,
      prepareStackTrace: Error.prepareStackTrace,
    };
    Object.defineProperty(Error, 'stackTraceLimit', { ...locked, value: 4 });
    Object.defineProperty(Error, 'prepareStackTrace', { ...locked, value: prepare });
    try {
      expect(() => taken(3)).not.toThrow();
      expect(Error.stackTraceLimit).toBe(4);
      expect(Error.prepareStackTrace).toBe(prepare);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        Object.defineProperty(Error, name, { value, writable: true, configurable: true });
      }
    }
  });
});
