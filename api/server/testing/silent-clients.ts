/** Clients that take a place and then say nothing, as an attacker would or a program that hangs. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection that has sent `text`, and does not mind its end. */
export async function openSilent(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

/** A WebSocket's request as text: what comes after it is up to the test. */
export function upgradeText(port: number, headers: readonly string[] = []): string {
  return [
    'GET /graphql HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol: graphql-transport-ws',
    ...headers,
    '\r\n',
  ].join('\r\n');
}

/** Opens a WebSocket that never logs in, never answers, and never closes. */
export async function openSilentSocket(port: number): Promise<Socket> {
  const socket = await openSilent(port, upgradeText(port));
  await once(socket, 'data');
  return socket;
}
