/** Ports for servers that tests start: they are told theirs, and may have to come back at the same one. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that a system gives to whoever connects (32768 on Linux): none of them takes it in between. */
const FIRST = 10_000;
const LAST = 32_000;

/** Of 127.0.0.1, nobody listens there now; at random, since other tests look for one at the same time. */
export async function freePort(): Promise<number> {
  const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
