import { describe, expect, it } from 'vitest';
import { inspectorPlace } from './inspector-place.ts';

const LOOPBACK = '127.0.0.1';

describe('inspectorPlace', () => {
  it.each([
    [[], { host: LOOPBACK, port: 9229, isOpenFromStart: false }],
    [['--inspect-port=9300'], { host: LOOPBACK, port: 9300, isOpenFromStart: false }],
    [['--inspect-port', '9300'], { host: LOOPBACK, port: 9300, isOpenFromStart: false }],
    [['--inspect', '--inspect-port=0'], { host: LOOPBACK, port: 0, isOpenFromStart: true }],
    [['--inspect=0.0.0.0'], { host: '0.0.0.0', port: 9229, isOpenFromStart: true }],
    [['--inspect-brk=[::1]:9301'], { host: '::1', port: 9301, isOpenFromStart: true }],
    [
      ['--debug-port=9300', '--inspect-port=localhost:9302'],
      { host: 'localhost', port: 9302, isOpenFromStart: false },
    ],
  ])('of %j is %j', (options, place) => {
    expect(inspectorPlace(options)).toEqual(place);
  });
});
