import { expect, it } from 'vitest';
import { resolveEndpoint } from './endpoint.ts';

it.each([
  ['http://127.0.0.1:6060/', 'http://127.0.0.1:6060/graphql'],
  ['http://127.0.0.1:6060', 'http://127.0.0.1:6060/graphql'],
  ['http://127.0.0.1:6060/graphql', 'http://127.0.0.1:6060/graphql'],
  ['http://127.0.0.1:6060/graphql/', 'http://127.0.0.1:6060/graphql'],
  ['https://host/debug/pprofql', 'https://host/debug/pprofql/graphql'],
  ['https://host/debug/pprofql/', 'https://host/debug/pprofql/graphql'],
  ['https://host/debug/pprofql/graphql', 'https://host/debug/pprofql/graphql'],
  ['http://host/#tasks', 'http://host/graphql'],
])('finds the API of %s', (address, http) => {
  expect(resolveEndpoint(address).http).toBe(http);
});

it('keeps encryption for the WebSocket', () => {
  expect(resolveEndpoint('http://host/').webSocket).toBe('ws://host/graphql');
  expect(resolveEndpoint('https://host/').webSocket).toBe('wss://host/graphql');
});

it('knows the page beside it', () => {
  expect(resolveEndpoint('http://host/').page).toBe('http://host/');
  expect(resolveEndpoint('http://host/debug/graphql?a=1').page).toBe('http://host/debug/');
});

it.each(['', 'host:6060', 'ws://host/', 'file:///etc/passwd', 'http://user:secret@host/'])(
  'refuses %j',
  (address) => {
    expect(() => resolveEndpoint(address)).toThrow(TypeError);
  },
);
