/** How connections share the places of one server: whoever asks for nothing makes room. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most `limit` connections open. At the limit a new one takes the place of the one that has
 * been idle for longest, else of one that does not finish its request or does not read its answer.
 * Where none of them is left, the new one is closed.
 */
export function limitConnections(server: Server, limit: number): void {
  const open = new Set<Socket>();
  /** Without a request under way, the longest idle first. */
  const idle = new Set<Socket>();
  /** The newest request of each of the others, and how many there are. */
  const busy = new Map<Socket, { request: IncomingMessage; count: number }>();

  function forget(socket: Socket): void {
    open.delete(socket);
    idle.delete(socket);
    busy.delete(socket);
  }

  function idlest(): Socket | undefined {
    const [longest] = idle;
    if (longest !== undefined) return longest;
    for (const [socket, { request }] of busy) {
      if (!request.complete || socket.writableLength > 0) return socket;
    }
    return undefined;
  }

  server.on('connection', (socket) => {
    if (open.size >= limit) {
      const leaving = idlest();
      if (leaving === undefined) return void socket.destroy();
      forget(leaving);
      leaving.destroy();
    }
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => forget(socket));
  });

  server.on('request', (request, response) => {
    const { socket } = request;
    if (!open.has(socket)) return;
    idle.delete(socket);
    busy.set(socket, { request, count: (busy.get(socket)?.count ?? 0) + 1 });
    response.once('close', () => {
      const state = busy.get(socket);
      if (state === undefined) return;
      state.count -= 1;
      if (state.count > 0) return;
      busy.delete(socket);
      idle.add(socket);
    });
  });

  // WebSockets have places of their own.
  server.on('upgrade', (_request, socket) => void idle.delete(socket as Socket));
}
