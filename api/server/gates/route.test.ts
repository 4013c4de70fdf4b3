import { expect, it } from 'vitest';
import { routeOf } from './route.ts';

it.each([
  ['', '/graphql?query=x', undefined, { path: '/graphql', mountPath: '' }],
  ['', '/', undefined, { path: '/', mountPath: '' }],
  ['/debug', '/debug/graphql', undefined, { path: '/graphql', mountPath: '/debug' }],
  ['/debug', '/debug?x', undefined, { path: '', mountPath: '/debug' }],
  ['/debug', '/debugger/graphql', undefined, null],
  ['/debug', '/graphql', undefined, null],
  // Express strips what the handler is mounted at.
  ['', '/graphql', '/debug/graphql', { path: '/graphql', mountPath: '/debug' }],
  ['', '/', '/debug/', { path: '/', mountPath: '/debug' }],
  ['', '/', '/debug', { path: '', mountPath: '/debug' }],
  ['/debug', '/graphql', '/debug/graphql', { path: '/graphql', mountPath: '/debug' }],
  ['/debug', '/graphql', '/app/debug/graphql', { path: '/graphql', mountPath: '/app/debug' }],
  // Nothing that could leave the folder or break out of a page.
  ['', '//evil.example/graphql', undefined, { path: '/evil.example/graphql', mountPath: '' }],
  ['', '/a/../graphql', undefined, { path: '/graphql', mountPath: '' }],
  ['', '/graphql', '/"><script>/graphql', { path: '/graphql', mountPath: '/%22%3E%3Cscript%3E' }],
  ['', undefined, undefined, { path: '/', mountPath: '' }],
])('with basePath %j finds the way of %j (originally %j)', (basePath, url, originalUrl, route) => {
  expect(routeOf({ url, originalUrl }, basePath)).toEqual(route);
});
