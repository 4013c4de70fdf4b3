import { expect, test } from 'vitest';
import { aFrame } from '../../health/testing/evidence.ts';
import { callersOfNative } from './native-callers.ts';

const DESCRIBE = aFrame('describe', '/app/report.js', 4);
const HANDLE = aFrame('handle', '/app/index.js', 7);
const SCRYPT = aFrame('scryptSync', 'node:internal/crypto/scrypt', 9);

test.each([
  ['a function that was entered next', [DESCRIBE, HANDLE], [HANDLE]],
  ['nothing where Node itself goes on', [SCRYPT, HANDLE], [SCRYPT, HANDLE]],
  ['nothing where nobody else is known', [HANDLE, SCRYPT], [HANDLE, SCRYPT]],
  ['nothing of an empty stack', [], []],
])('the callers of native code leave out %s', (_name, frames, callers) => {
  expect(callersOfNative(frames)).toEqual(callers);
});
