/** Starts an HTTP server and answers the command that asks for its URL. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCommands } from './control.ts';

export function serve(listener: RequestListener): void {
  const server = createServer(listener).listen(0, '127.0.0.1');
  const isListening = once(server, 'listening');
  answerCommands({
    async url(): Promise<string> {
      await isListening;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    },
  });
}
