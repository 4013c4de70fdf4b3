import { describe, expect, it } from 'vitest';
import { frameOrigin } from './frame-origin.ts';

describe('the origin of a frame', () => {
  it.each([
    ['file:///srv/shop/src/cart.ts', 'OWN'],
    ['webpack://shop/src/cart.ts', 'OWN'],
    ['/srv/shop/cart.go', 'OWN'],
    ['/srv/shop/vendor.js', 'OWN'],
    ['C:\\shop\\cart.js', 'OWN'],
    ['file:///srv/shop/node_modules/express/lib/router.js', 'DEPENDENCY'],
    ['C:\\shop\\node_modules\\express\\index.js', 'DEPENDENCY'],
    ['/root/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go', 'DEPENDENCY'],
    ['github.com/lib/pq@v1.10.9/conn.go', 'DEPENDENCY'],
    ['/srv/shop/vendor/github.com/lib/pq/conn.go', 'DEPENDENCY'],
    [new URL('./start.ts', import.meta.url).href, 'DEPENDENCY'],
    ['node:internal/timers', 'RUNTIME'],
    ['', 'RUNTIME'],
    ['/usr/local/go/src/net/http/server.go', 'RUNTIME'],
    ['/usr/lib/go-1.19/src/runtime/asm_amd64.s', 'RUNTIME'],
    ['net/http/server.go', 'RUNTIME'],
  ])('%s is %s', (file, origin) => {
    expect(frameOrigin(file)).toBe(origin);
  });
});
