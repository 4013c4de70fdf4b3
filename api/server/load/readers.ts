/** Who has been answered and has yet to read it: how many bytes wait for whom, and who is cut off. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerLimits } from '../gates/limits.ts';

export interface Reader {
  /** Bytes that have been sent to it and that it has not taken. */
  unreadBytes(): number;
  /** Ends its connection. */
  cutOff(): void;
}

/** One HTTP connection, which may have asked for several answers ahead of reading one. */
export interface HttpReader extends Reader {
  /** Calls back once nobody waits for the response any more, whether it was sent or not. */
  whenLeft(response: ServerResponse, left: () => void): void;
}

export interface Readers {
  /** @returns what takes it off the list */
  add(reader: Reader): () => void;
  /** The reader of a request's connection, on the list as long as it is owed a response. */
  of(request: IncomingMessage, response: ServerResponse): HttpReader;
  /**
   * While more bytes wait than all may leave unread, cuts off who leaves most. A single one is let
   * be: what it waits for may be large, and it gets no more before it has read that.
   */
  shed(): void;
}

export function createReaders({ unreadBytes: limit }: Pick<ServerLimits, 'unreadBytes'>): Readers {
  const readers = new Set<Reader>();
  const connections = new WeakMap<Socket, ReturnType<typeof openConnection>>();

  function openConnection(socket: Socket) {
    const owed = new Map<ServerResponse, (() => void)[]>();

    function leave(response: ServerResponse): void {
      const left = owed.get(response) ?? [];
      owed.delete(response);
      if (owed.size === 0) readers.delete(reader);
      for (const callBack of left) callBack();
    }

    const reader: HttpReader = {
      unreadBytes() {
        let bytes = 0;
        for (const response of owed.keys()) bytes += response.writableLength;
        return bytes;
      },
      cutOff: () => void socket.destroy(),
      whenLeft(response, left) {
        const callBacks = owed.get(response);
        if (callBacks === undefined) left();
        else callBacks.push(left);
      },
    };
    // A response that waits behind another one is not told of the end.
    socket.once('close', () => {
      for (const response of [...owed.keys()]) leave(response);
    });
    return {
      reader,
      owe(response: ServerResponse) {
        if (owed.has(response) || response.closed || socket.destroyed) return;
        owed.set(response, []);
        readers.add(reader);
        response.once('close', () => leave(response));
      },
    };
  }

  return {
    add(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    of({ socket }, response) {
      const connection = connections.get(socket) ?? openConnection(socket);
      connections.set(socket, connection);
      connection.owe(response);
      return connection.reader;
    },
    shed() {
      // At every turn of the queue, so nothing is made before it is needed.
      let total = 0;
      for (const reader of readers) total += reader.unreadBytes();
      if (total <= limit) return;
      const behind = [...readers]
        .map((reader) => ({ reader, bytes: reader.unreadBytes() }))
        .filter(({ bytes }) => bytes > 0)
        .sort((a, b) => b.bytes - a.bytes);
      for (const { reader, bytes } of behind.slice(0, -1)) {
        if (total <= limit) return;
        total -= bytes;
        reader.cutOff();
      }
    },
  };
}
