import { describe, expect, it } from 'vitest';
import { engineAddress, readAddress, shownAddress } from './engine-address.ts';

const NOBODY = {
  username: undefined,
  password: undefined,
  sentinelUsername: undefined,
  sentinelPassword: undefined,
};

describe('the address of an engine', () => {
  it.each([
    [
      'rediss://u%40x:p%3Aw@redis.internal:6380/2',
      'rediss://redis.internal:6380/2',
      {
        ...{ kind: 'SERVER', nodes: [{ host: 'redis.internal', port: 6380 }], masterName: null },
        ...{ ...NOBODY, username: 'u@x', password: 'p:w', database: 2, isEncrypted: true },
      },
    ],
    [
      'redis://[::1]/',
      'redis://[::1]',
      {
        ...{ kind: 'SERVER', nodes: [{ host: '::1', port: 6379 }], masterName: null },
        ...{ ...NOBODY, database: 0, isEncrypted: false },
      },
    ],
    [
      'redis+sentinel://u:p@a,b:26380,[::1]:5/shop-main/3?sentinel_username=s&sentinel_password=q%26',
      'redis+sentinel://a,b:26380,[::1]:5/shop-main/3',
      {
        kind: 'SENTINEL',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_380 },
          { host: '::1', port: 5 },
        ],
        ...{ masterName: 'shop-main', username: 'u', password: 'p' },
        ...{ sentinelUsername: 's', sentinelPassword: 'q&', database: 3, isEncrypted: false },
      },
    ],
    [
      'rediss+cluster://:a:b@c@one,two:7000',
      'rediss+cluster://one,two:7000',
      {
        kind: 'CLUSTER',
        nodes: [
          { host: 'one', port: 6379 },
          { host: 'two', port: 7000 },
        ],
        ...{ ...NOBODY, masterName: null, password: 'a:b@c', database: 0, isEncrypted: true },
      },
    ],
  ])('is taken apart, and shown without its users: %s', (text, shown, address) => {
    expect(engineAddress(text)).toEqual(address);
    expect(shownAddress(text)).toBe(shown);
  });

  it.each([
    [''],
    ['redis://'],
    ['http://host'],
    ['redis://one,two'],
    ['redis://host:port'],
    ['redis://host:70000'],
    ['redis://ho st'],
    ['redis://host/1/2'],
    ['redis://host/name'],
    ['redis://u:%@host'],
    ['redis://host?sentinel_password=x'],
    ['redis+sentinel://host'],
    ['redis+sentinel://host/'],
    ['redis+sentinel://host/ma ster'],
    ['redis+sentinel://host/master/x'],
    ['redis+sentinel://host/master?password=x'],
    ['redis+sentinel://one,,two/master'],
    ['redis+cluster://one,two/1'],
    ['redis+other://host'],
    [`redis+cluster://${'host,'.repeat(60)}host`],
  ])('is not %s', (text) => expect(readAddress(text)).toBeNull());
});
