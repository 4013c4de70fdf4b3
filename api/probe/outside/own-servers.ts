/** Which connections of this process have their other end in it as well. */

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

const { _getActiveHandles: activeHandles } = process as { _getActiveHandles?: () => unknown[] };

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

function listeningPorts(): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const handle of activeHandles?.() ?? []) {
    const { listening, address } = handle as Listener;
    if (listening !== true || address === undefined) continue;
    const end = address.call(handle);
    if (end !== null && typeof end === 'object' && end.port !== undefined) ports.add(end.port);
  }
  return ports;
}
