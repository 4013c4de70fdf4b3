import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { RouteOf } from '../../../../base/options/route-of.ts';
import { toldRoute } from './told-route.ts';

const REQUEST = new IncomingMessage(new Socket());
const SLOW_MS = 60;

function ask(routeOf: unknown, times = 1) {
  const lines: string[] = [];
  const tell = toldRoute(routeOf as RouteOf, (line) => lines.push(line));
  const routes = Array.from({ length: times }, () => tell(REQUEST));
  return { lines, routes };
}

describe('toldRoute', () => {
  it('gives what the program tells, and null where it tells nothing', () => {
    expect(ask(() => '/users/:id')).toEqual({ lines: [], routes: ['/users/:id'] });
    for (const nothing of [null, undefined, '']) {
      expect(ask(() => nothing)).toEqual({ lines: [], routes: [null] });
    }
  });

  it('hands over the request', () => {
    expect(ask((request: unknown) => String(request === REQUEST)).routes).toEqual(['true']);
  });

  it.each<[string, () => unknown]>([
    ['a number', () => 7],
    ['a list', () => ['/a']],
    ['a symbol', () => Symbol('route')],
    ['a promise', async () => '/a'],
    ['a promise that is rejected', () => Promise.reject(new Error('no'))],
  ])('leaves out %s, and says so once', (_what, routeOf) => {
    const { lines, routes } = ask(routeOf, 3);
    expect(routes).toEqual([null, null, null]);
    expect(lines).toEqual(['routeOf answers with something else than a text, which is left out']);
  });

  it.each<[string, () => unknown, string]>([
    ['an error', () => new Error('not today'), 'not today'],
    ['nothing', () => null, 'something without a message'],
    [
      'what throws itself',
      () => ({
        get message() {
          throw new Error('nor this');
        },
      }),
      'something without a message',
    ],
  ])('catches %s, and says so once', (_what, thrown, message) => {
    const throwing = () => {
      throw thrown();
    };
    const { lines, routes } = ask(throwing, 3);
    expect(routes).toEqual([null, null, null]);
    expect(lines).toEqual([`routeOf threw, and is passed over where it does: ${message}`]);
  });

  it('does not ask again what takes long', () => {
    let calls = 0;
    const { lines } = ask(() => {
      calls += 1;
      const start = performance.now();
      while (performance.now() - start < SLOW_MS);
      return '/slow';
    }, 20);
    expect(calls).toBeLessThan(5);
    expect(lines).toEqual(['routeOf takes too long, and is not asked any more']);
  });
});
