import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from './api.ts';
import { listen } from './listen.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { upgrade } from './testing/raw-http.ts';
import { serve } from './testing/serve.ts';
import { ask, eventStream, httpPost, webSocket } from './testing/transports.ts';

const SUBSCRIBE = { query: 'subscription { metricsHistory { sequence } }' };

function api() {
  return createApi({
    diagnostics: fakeDiagnostics(),
    access: { token: null, hosts: 'loopback', allowedHosts: [] },
  });
}

describe('listening', () => {
  it('takes a free port and says so where the wanted one is busy', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const logged: string[] = [];
    const server = await listen(api(), {
      host: '127.0.0.1',
      port,
      log: (message) => logged.push(message),
    });
    onTestFinished(server.stop);
    expect(server.port).not.toBe(port);
    expect(logged).toEqual([`port ${port} is busy, using ${server.port} instead`]);
    expect(await ask(httpPost, `${server.url}graphql`, '{ __typename }')).toHaveProperty('data');
  });

  it('fails with the reason where the address is not this machine’s', async () => {
    await expect(listen(api(), { host: '192.0.2.1', port: 0, log: () => {} })).rejects.toThrow(
      'EADDRNOTAVAIL',
    );
  });

  it('writes an IPv6 address as a browser needs it', async () => {
    const server = await listen(api(), { host: '::1', port: 0, log: () => {} });
    onTestFinished(server.stop);
    expect(server.url).toBe(`http://[::1]:${server.port}/`);
    expect(await ask(httpPost, `${server.url}graphql`, '{ __typename }')).toHaveProperty('data');
  });

  it('serves two APIs side by side', async () => {
    const [one, two] = [await serve(), await serve()];
    await one.stop();
    expect(await ask(webSocket, two.graphqlUrl, '{ __typename }')).toHaveProperty('data');
  });
});

// As long as a WebSocket server waits for a closing handshake, unless told otherwise.
const CLOSING_HANDSHAKE_MS = 30_000;

describe('stopping', { timeout: CLOSING_HANDSHAKE_MS }, () => {
  it('is prompt with subscriptions and silent sockets open, and can be repeated', async () => {
    const { graphqlUrl, stop } = await serve();
    const streams = [eventStream, webSocket].map((each) => each.run(graphqlUrl, SUBSCRIBE));
    for (const stream of streams) await stream.next();
    const { socket } = await upgrade(graphqlUrl);
    // It will never answer the closing handshake.
    socket.pause();
    // Waiting for that answer would take as long as this test may.
    await Promise.all([stop(), stop()]);
    await stop();
    await expect(fetch(graphqlUrl)).rejects.toThrow();
    socket.terminate();
    await Promise.allSettled(streams.map((stream) => stream.return(undefined)));
  });

  it('tells WebSocket clients that the server is going away', async () => {
    const { graphqlUrl, stop } = await serve();
    const { socket } = await upgrade(graphqlUrl);
    const closed = once(socket, 'close');
    await stop();
    expect((await closed)[0]).toBe(1001);
  });
});
