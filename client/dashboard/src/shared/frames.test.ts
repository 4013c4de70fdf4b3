import { describe, expect, test } from 'vitest';
import {
  location,
  originOf,
  placeName,
  responsibleCaller,
  responsibleFrame,
  shortFile,
} from './frames.ts';

const frame = (file: string, line = 3) => ({ function: 'work', file, line });
const OWN = frame('file:///app/src/cache.ts', 31);
const DEPENDENCY = frame('/app/node_modules/express/lib/router.js', 12);
const RUNTIME = frame('node:internal/timers', 8);
const NATIVE = frame('', 0);

describe('a frame', () => {
  test.each([
    [OWN, 'own'],
    [DEPENDENCY, 'dependency'],
    [frame('C:\\app\\node_modules\\pg\\index.js'), 'dependency'],
    [RUNTIME, 'runtime'],
    [NATIVE, 'runtime'],
  ])('%o is %s code', (given, origin) => {
    expect(originOf(given)).toBe(origin);
  });

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

describe('a file name', () => {
  test.each([
    ['file:///app/src/cache.ts', '/app', 'src/cache.ts'],
    ['/app/src/cache.ts', '/app/', 'src/cache.ts'],
    ['/application/cache.ts', '/app', '/application/cache.ts'],
    ['/app/node_modules/express/lib/router.js', '/app', 'express/lib/router.js'],
    ['node:internal/timers', '/app', 'node:internal/timers'],
    ['file:///app/a%20b.ts', '', '/app/a b.ts'],
  ])('%s below %s reads %s', (file, cwd, short) => {
    expect(shortFile(file, cwd)).toBe(short);
  });

  test('copies as an editor opens it', () => {
    expect(location(OWN)).toBe('/app/src/cache.ts:31');
    expect(location(NATIVE)).toBe('');
  });

  test('is the last part of the path in a sentence', () => {
    expect(placeName(OWN)).toBe('cache.ts:31');
    expect(placeName(NATIVE)).toBe('work');
  });
});
