/** Which connections of this process have their other end in it as well, and who else finds its servers. */
import { ownProcess } from '../../base/builtins.ts';

interface End {
  address?: string;
  port?: number;
}

interface Connection {
  getpeername?: (end: End) => unknown;
  getsockname?: (end: End) => unknown;
}

interface Listener {
  listening?: boolean;
  address?: () => End | string | null;
}

const { _getActiveHandles: activeHandles } = ownProcess as { _getActiveHandles?: () => unknown[] };

interface OpenSocket {
  localPort?: number;
  remotePort?: number;
}

/** Below, ports are given out by agreement, so that others know them. */
const FIRST_EPHEMERAL_PORT = 32_768;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** Looks once where its servers listen. @returns whether a handle is connected to one of them */
export function findOwnServers(): (handle: object) => boolean {
  let ports: ReadonlySet<number> | null = null;

  return (handle) => {
    try {
      const { getpeername, getsockname } = handle as Connection;
      if (getpeername === undefined || getsockname === undefined) return false;
      const peer: End = {};
      const own: End = {};
      getpeername.call(handle, peer);
      getsockname.call(handle, own);
      if (peer.port === undefined || peer.address !== own.address) return false;
      ports ??= listeningPorts();
      return ports.has(peer.port);
    } catch {
      // A socket of another kind, or one that is closed.
      return false;
    }
  };
}

/** Whether the process itself has opened what it serves here. Looks at each of its handles. */
export function isOwnConnection(served: object): boolean {
  const { localPort, remotePort } = served as OpenSocket;
  if (localPort === undefined || remotePort === undefined) return false;
  return (activeHandles?.() ?? []).some((handle) => {
    const other = handle as OpenSocket;
    return other.localPort === remotePort && other.remotePort === localPort;
  });
}

/** Whether nobody else finds its servers: they listen on this machine alone, or on ports that nobody has agreed on. */
export function arePrivateServers(): boolean {
  return listeningEnds().every(
    ({ address = '', port = 0 }) => LOOPBACK.test(address) || port >= FIRST_EPHEMERAL_PORT,
  );
}

function listeningPorts(): ReadonlySet<number> {
  return new Set(listeningEnds().map(({ port }) => port!));
}

function listeningEnds(): End[] {
  return (activeHandles?.() ?? []).flatMap((handle) => {
    const { listening, address } = handle as Listener;
    const end = listening === true ? address?.call(handle) : null;
    return typeof end === 'object' && end?.port !== undefined ? [end] : [];
  });
}
