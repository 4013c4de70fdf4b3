import { expect, it } from 'vitest';
import { createTransportChoice } from './transport-choice.ts';

const choose = (transport?: 'auto' | 'websocket' | 'sse') =>
  createTransportChoice({ transport, webSocketImpl: class {} });

it('is HTTP as soon as the first WebSocket of all fails', () => {
  const choice = choose();
  expect(choice.current()).toBe('websocket');
  choice.socketFailed();
  expect(choice.current()).toBe('sse');
});

it('is HTTP where a WebSocket that worked fails twice, but not once, as in a restart', () => {
  const choice = choose();
  choice.socketOpened();
  choice.socketFailed();
  expect(choice.current()).toBe('websocket');
  choice.socketOpened();
  choice.socketFailed();
  expect(choice.current()).toBe('websocket');
  choice.socketFailed();
  expect(choice.current()).toBe('sse');
});

it('goes back to WebSocket where events do not come either or the network changes, for one attempt', () => {
  const choice = choose();
  choice.socketOpened();
  choice.socketFailed();
  choice.socketFailed();
  choice.reset();
  expect(choice.current()).toBe('websocket');
  choice.socketFailed();
  expect(choice.current()).toBe('sse');
});

it.each(['websocket', 'sse'] as const)('stays %s where only that is wanted', (transport) => {
  const choice = choose(transport);
  choice.socketFailed();
  choice.socketFailed();
  expect(choice.current()).toBe(transport);
  choice.reset();
  expect(choice.current()).toBe(transport);
});

it('is HTTP where there is no WebSocket, and cannot be WebSocket there', () => {
  const webSocketImpl = 'none';
  const choice = createTransportChoice({ webSocketImpl });
  choice.reset();
  expect(choice.current()).toBe('sse');
  const wanting = () => createTransportChoice({ transport: 'websocket', webSocketImpl });
  expect(wanting).toThrow(TypeError);
});
