/** The engine of a fleet at every kind of address, on real servers, and as they fail over. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasRedis, NO_REDIS, startRedis } from '../testing/redis-server.ts';
import { startCluster, startSentinels } from '../testing/replicated.ts';
import { type Engine, openEngine } from './engine.ts';

if (!hasRedis) console.warn(`The engine of a fleet is not tested: ${NO_REDIS}.`);

const KEYS = Array.from({ length: 20 }, (_, at) => `pprofql:about:${at}`);
const CHANNEL = 'pprofql:ask:test';
const ROUNDS = 10;
const TOLD_AT_ONCE = 100;
const TOLD_BYTES = 100_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const UNTIL_SEEN = { interval: 100, timeout: 60_000 };

describe.skipIf(!hasRedis)('the engine of a fleet', () => {
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  async function opened(url: string) {
    const messages: string[] = [];
    const lines: string[] = [];
    const engine = await openEngine(url, {
      channels: [CHANNEL],
      onMessage: (_channel, message) => messages.push(message.toString()),
      log: (line) => lines.push(line),
    });
    open.push({ [Symbol.asyncDispose]: async () => engine.stop() });
    await vi.waitFor(
      () => expect(engine.status()).toMatchObject({ isConnected: true, error: null }),
      UNTIL_SEEN,
    );
    return { engine, messages, lines };
  }

  /** Values of many keys, and a message, go there and back. */
  const untilWorks = ({ engine, messages }: { engine: Engine; messages: string[] }, text: string) =>
    vi.waitFor(async () => {
      const set = await engine.send(KEYS.map((key) => ['SET', key, text]));
      expect(set).toEqual(KEYS.map(() => 'OK'));
      const read = await engine.readBytes([...KEYS, 'pprofql:about:none'], 100);
      expect(read.map((bytes) => bytes?.toString())).toEqual([...KEYS.map(() => text), undefined]);
      await engine.send([['PUBLISH', CHANNEL, text]]);
      // Told by a later turn of this.
      expect(messages).toContain(text);
    }, UNTIL_SEEN);

  it('is one server', async () => {
    const redis = await startRedis();
    open.push(redis);
    await untilWorks(await opened(redis.hubUrl), 'first');
  });

  it.each(['killed', 'frozen'] as const)('keeps nothing while its server is %s', async (how) => {
    const redis = await startRedis();
    open.push(redis);
    const { engine } = await opened(redis.hubUrl);
    const tell = async () => {
      const told = Array.from({ length: TOLD_AT_ONCE }, (_, at) =>
        engine.send([['SET', KEYS[0]!, String(at).padEnd(TOLD_BYTES)]]),
      );
      return await Promise.allSettled(told);
    };
    await tell();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const beforeBytes = heldBytes();
    if (how === 'killed') await redis.kill();
    else redis.freeze(true);
    for (let round = 0; round < ROUNDS; round++) {
      const told = await tell();
      expect(told).not.toContainEqual({ status: 'fulfilled', value: ['OK'] });
    }
    expect(heldBytes() - beforeBytes).toBeLessThan((ROUNDS * TOLD_AT_ONCE * TOLD_BYTES) / 3);
    // Such as of many that wait for the same connection to close.
    expect(warnings).toEqual([]);
    if (how === 'frozen') redis.freeze(false);
    else await redis.start();
    await vi.waitFor(
      async () => expect(await engine.send([['SET', KEYS[0]!, 'again']])).toEqual(['OK']),
      UNTIL_SEEN,
    );
  });

  const STARTS = { 'the master that Sentinels name': startSentinels, 'a cluster': startCluster };
  it.each([
    ['the master that Sentinels name', 'killed'],
    ['the master that Sentinels name', 'frozen'],
    ['a cluster', 'killed'],
    ['a cluster', 'frozen'],
  ] as const)('is %s, also when a server is %s and another one takes over', async (what, how) => {
    const replicated = await STARTS[what]();
    open.push(replicated);
    const client = await opened(replicated.hubUrl);
    expect(client.engine.status().address).toBe(replicated.shown);
    await untilWorks(client, 'first');
    if (how === 'killed') await replicated.master.kill();
    else replicated.master.freeze(true);
    await replicated.failedOver();
    await untilWorks(client, 'second');
    expect(client.lines.length).toBeLessThanOrEqual(1);
    expect(client.lines.join()).not.toMatch(/SECRET|watch/);
  });
});
