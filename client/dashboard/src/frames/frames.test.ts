import { describe, expect, test } from 'vitest';
import { aFrame } from '../testing/frames.ts';
import { type Frame, location, responsibleCaller, responsibleFrame, shortPlace } from './frames.ts';

const OWN = aFrame('work', 'file:///app/src/cache.ts', 31);
const DEPENDENCY = aFrame('next', '/app/node_modules/express/lib/router.js', 12);
const RUNTIME = aFrame('listOnTimeout', 'node:internal/timers', 8);
const NATIVE = aFrame('push', '', 0);

const inGo = (path: string, origin: Frame['origin']): Frame => ({
  ...{ function: 'main.work', file: path, path, line: 9, origin },
});

describe('a frame', () => {
  test('stands for its stack when it is the first of the own code', () => {
    expect(responsibleFrame([NATIVE, RUNTIME, DEPENDENCY, OWN])).toBe(OWN);
  });

  test('was called by the next own function that has a name', () => {
    const anonymous = { ...OWN, function: 'Server.<anonymous>' };
    const caller = { ...OWN, function: 'handle' };
    expect(responsibleCaller([OWN, RUNTIME, anonymous, DEPENDENCY, caller])).toBe(caller);
    expect(responsibleCaller([OWN, anonymous])).toBeUndefined();
  });

  test('stands for its stack when it is on top and no own code is there', () => {
    expect(responsibleFrame([RUNTIME, DEPENDENCY])).toBe(RUNTIME);
    expect(responsibleFrame([])).toBeUndefined();
  });
});

describe('a place', () => {
  test.each([
    [OWN, 'src/cache.ts:31'],
    [DEPENDENCY, 'express/lib/router.js:12'],
    [RUNTIME, 'node:internal/timers:8'],
    [NATIVE, 'native'],
    [inGo('/srv/src/shop/cart.go', 'OWN'), '/srv/src/shop/cart.go:9'],
    [inGo('/usr/local/go/src/net/http/server.go', 'RUNTIME'), 'net/http/server.go:9'],
    [
      inGo('/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go', 'DEPENDENCY'),
      'github.com/lib/pq@v1.10.9/conn.go:9',
    ],
  ])('of %o reads %s', (frame, short) => {
    expect(shortPlace(frame)).toBe(short);
  });

  test('copies as an editor opens it', () => {
    expect(location(OWN)).toBe('/app/src/cache.ts:31');
    expect(location(NATIVE)).toBe('');
  });
});
