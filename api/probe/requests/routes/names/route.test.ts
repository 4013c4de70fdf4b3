import { describe, expect, it } from 'vitest';
import { frameworkRoute, routeOfUrl } from './route.ts';

describe('routeOfUrl', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/users/42', '/users/:id'],
    ['/users/42/orders/7?token=secret#x', '/users/:id/orders/:id'],
    ['/files/0f8fad5b-d9cb-469f-a165-70867728950e', '/files/:id'],
    ['/files/9f1c0a77e2b4d6', '/files/:id'],
    ['/share/V1StGXR8Z5jdHi6BmyT2pQ', '/share/:id'],
    ['/api/v2/articles', '/api/v2/articles'],
    ['/how-to-write-a-good-commit-message', '/how-to-write-a-good-commit-message'],
    ['/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV/items/V1StGXR8_Z5jdHi6B-myT', '/orders/:id/items/:id'],
    ['/avatars/9f1c0a77e2b4d6.png', '/avatars/:id.png'],
    ['/reports/2026-01-31.json', '/reports/:id.json'],
    ['/assets/index.html', '/assets/index.html'],
    ['/users/42/', '/users/:id/'],
    ['/?a=1', '/'],
    ['/search#42', '/search'],
    ['/deadbeefcafe', '/:id'],
    ['/2fa/setup_now', '/2fa/setup_now'],
    ['http://example.com/users/42', '/users/:id'],
  ])('gives %j the route %j', (url, route) => {
    expect(routeOfUrl(url)).toBe(route);
  });

  it('is bounded', () => {
    expect(routeOfUrl(`/${'long/'.repeat(1_000)}`).length).toBeLessThanOrEqual(200);
  });
});

describe('frameworkRoute', () => {
  it.each([
    [{ baseUrl: '/shop', route: { path: '/item/:id' } }, '/shop/item/:id'],
    [{ baseUrl: '/users/42', route: { path: '/orders/:order' } }, '/users/:id/orders/:order'],
    [{ baseUrl: '/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', route: { path: '/' } }, '/t/:id/'],
    [{ route: { path: '/item/:id' } }, '/item/:id'],
    [{ baseUrl: '', route: { path: /^\/x/ } }, '/^\\/x/'],
    [{ baseUrl: '/shop' }, null],
    [{ route: null }, null],
  ])('reads %o as %j', (request, route) => {
    expect(frameworkRoute(request)).toBe(route);
  });

  it('survives a getter that throws', () => {
    const request = {
      get route() {
        throw new Error('not now');
      },
    };
    expect(frameworkRoute(request)).toBeNull();
  });
});
