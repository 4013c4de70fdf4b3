/** Ports that tests are given: none is given to two servers, before the first of them listens. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

/** So many at random would be the same ones more than once; twice as many are all that there are. */
const MANY = 1_000;
/** No workers of this run: it takes its ports itself meanwhile. */
const WORKERS = ['14', '15'] as const;

async function portsOf(worker: string): Promise<number[]> {
  vi.stubEnv('VITEST_POOL_ID', worker);
  vi.resetModules();
  return morePorts(MANY);
}

async function morePorts(count: number): Promise<number[]> {
  const { freePort } = await import('./free-port.ts');
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

describe('a free port', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is given once, whichever worker of Vitest asks', async () => {
    const ports = [...(await portsOf(WORKERS[0])), ...(await portsOf(WORKERS[1]))];
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('is none at which somebody listens', async () => {
    const [taken] = await portsOf(WORKERS[0]);
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
    expect(await morePorts(2 * MANY)).not.toContain(taken);
  });
});
