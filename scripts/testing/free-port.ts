/** Ports for servers that tests start: they are told theirs, and may have to come back at the same one. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that a system gives to whoever connects (32768 on Linux): none of them takes it in between. */
const FIRST = 10_000;
const LAST = 32_000;
/** At least the workers that Vitest has at a time: each has ports of its own. */
const LANES = 16;
const TURNS = Math.floor((LAST - FIRST) / LANES);

/** At random, since another run of the tests may look for ports at the same time. */
let turn = Math.floor(Math.random() * TURNS);

/** Of 127.0.0.1: nobody listens there now, and no other test of this run is given it. */
export async function freePort(): Promise<number> {
  turn = (turn + 1) % TURNS;
  const lane = Number(process.env.VITEST_POOL_ID ?? 0) % LANES;
  const port = FIRST + turn * LANES + lane;
  return (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listens) return false;
  server.close();
  await once(server, 'close');
  return true;
}
