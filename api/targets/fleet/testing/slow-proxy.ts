/** What stands before a server and lets everything through late. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SlowProxy extends AsyncDisposable {
  port: number;
}

/** @param delayMs of each way */
export async function slowProxy(port: number, delayMs: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  function pass(from: Socket, to: Socket): void {
    sockets.add(from);
    // Timers of one duration fire in their order.
    from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs);
    });
  }
  const server = createServer((client) => {
    const there = connect(port, '127.0.0.1');
    pass(client, there);
    pass(there, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
