import { expect, it } from 'vitest';
import { displayPath } from './display-path.ts';

it.each([
  ['a path in the folder', '/srv/shop/src/cart.ts', 'src/cart.ts'],
  ['a URL in the folder', 'file:///srv/shop/src/my%20cart.ts', 'src/my cart.ts'],
  ['a path beside the folder', '/srv/shop-2/cart.ts', '/srv/shop-2/cart.ts'],
  ['a URL elsewhere', 'file:///opt/lib.js', '/opt/lib.js'],
  ['a folder whose name begins with dots', '/srv/shop/..hidden/a.js', '..hidden/a.js'],
  ['the runtime', 'node:internal/timers', 'node:internal/timers'],
  ['no file', '', ''],
  ['another scheme', 'webpack://shop/./src/cart.ts', 'webpack://shop/./src/cart.ts'],
])('shows %s', (_case, file, shown) => {
  expect(displayPath(file, '/srv/shop')).toBe(shown);
});

it('shows whole paths where no folder is known', () => {
  expect(displayPath('/srv/shop/src/cart.ts', '')).toBe('/srv/shop/src/cart.ts');
});
