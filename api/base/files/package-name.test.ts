import { expect, it } from 'vitest';
import { packageNameOf } from './package-name.ts';

it.each([
  ['/app/node_modules/queue/lib/poll.js', 'queue'],
  ['file:///app/node_modules/@scope/queue/lib/poll.js', '@scope/queue'],
  ['/app/node_modules/queue/node_modules/inner/index.js', 'inner'],
  ['C:\\app\\node_modules\\queue\\poll.js', 'queue'],
  ['/app/lib/poll.js', null],
])('the package of %s is %s', (file, name) => {
  expect(packageNameOf(file)).toBe(name);
});
