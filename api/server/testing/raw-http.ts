/** Requests whose every header is the test's own, which fetch and WebSocket clients do not allow. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { WebSocket } from 'ws';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export function send(
  url: string,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawAnswer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const req = request(url, { agent: false, ...rest }, async (res) => {
      try {
        const chunks = await res.toArray();
        resolve({
          status: res.statusCode!,
          headers: res.headers,
          body: Buffer.concat(chunks).toString(),
        });
      } catch (error) {
        reject(error);
      }
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Opens a WebSocket: `open`, or the HTTP status that it was refused with. */
export function upgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; socket: WebSocket }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ status: 101, socket }));
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode!, socket });
      response.destroy();
    });
    socket.on('error', reject);
  });
}
