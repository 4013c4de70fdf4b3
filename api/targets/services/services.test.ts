import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resolveOptions } from '../../base/options/resolve.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { withTargets } from '../list.ts';
import { followServices } from './services.ts';

/** A name that resolves to what the test says, and the targets that there are for it. */
function follow(url = 'dns+http://checkout-headless:6060') {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  let addresses: string[] | Error = [];
  const asked: string[] = [];
  const options = resolveOptions({}, { PPROFQL_TARGETS: url });
  const list = withTargets(fakeDiagnostics(), options, (registry, decoder) =>
    followServices(
      {
        options,
        decoder,
        async resolve(host) {
          asked.push(host);
          if (addresses instanceof Error) throw addresses;
          return addresses;
        },
      },
      registry,
    ),
  );
  onTestFinished(() => {
    list.stopTargets();
    vi.useRealTimers();
  });
  const statuses = async () => (await list.targets()).slice(1);
  return {
    list,
    asked,
    statuses,
    names: async () => (await statuses()).map(({ name }) => name),
    /** The next time that the name is resolved, it gives this. */
    async resolvesTo(now: string[] | Error) {
      addresses = now;
      await vi.advanceTimersByTimeAsync(30_000);
    },
  };
}

const noSuchHost = () => Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });

describe('a name whose addresses are targets', () => {
  it('has one for each address, which come and go', async () => {
    const { list, names, resolvesTo, asked } = follow();
    await resolvesTo(['10.0.0.8', '10.0.0.7', '10.0.0.7']);
    expect(asked.at(-1)).toBe('checkout-headless');
    expect(await names()).toEqual(['checkout-headless@10.0.0.7', 'checkout-headless@10.0.0.8']);
    await resolvesTo(['10.0.0.8', 'fd00::9']);
    await resolvesTo(['10.0.0.8', 'fd00::9']);
    expect(await names()).toEqual(['checkout-headless@10.0.0.8', 'checkout-headless@fd00::9']);
    expect(() => list.target('checkout-headless@10.0.0.7')).toThrow(
      'checkout-headless does not resolve to 10.0.0.7 any more',
    );
  });

  it('keeps one that a single answer leaves out', async () => {
    const { names, resolvesTo } = follow('shop=dns+http://checkout.internal:6060/diag');
    await resolvesTo(['10.0.0.7', '10.0.0.8']);
    await resolvesTo(['10.0.0.8']);
    expect(await names()).toEqual(['shop@10.0.0.7', 'shop@10.0.0.8']);
  });

  it('tells that it could not be resolved, keeps what was there, and recovers', async () => {
    const { list, statuses, names, resolvesTo } = follow();
    await resolvesTo(['10.0.0.7']);
    await resolvesTo(noSuchHost());
    expect(await names()).toEqual(['checkout-headless@10.0.0.7', 'checkout-headless']);
    expect((await statuses())[1]).toMatchObject({
      state: 'FAILING',
      error: 'checkout-headless could not be resolved: ENOTFOUND',
    });
    await expect(list.target('checkout-headless').pprof()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: 'target checkout-headless: checkout-headless could not be resolved: ENOTFOUND',
    });
    await resolvesTo(['10.0.0.7']);
    expect(await names()).toEqual(['checkout-headless@10.0.0.7']);
    await resolvesTo([]);
    expect((await statuses()).at(-1)!.error).toBe('checkout-headless resolves to no address');
  });

  it('has so many targets and no more, and says so', async () => {
    const { statuses, resolvesTo } = follow();
    const addresses = Array.from({ length: 120 }, (_, index) => `10.0.0.${index}`);
    await resolvesTo(addresses);
    const all = await statuses();
    expect(all).toHaveLength(101);
    expect(all.at(-1)!.error).toBe(
      'checkout-headless resolves to 120 addresses, of which 100 are targets',
    );
  });

  it('is resolved once for all who ask at a time, and not again at once', async () => {
    const { list, asked, resolvesTo } = follow();
    await resolvesTo(['10.0.0.7']);
    const before = asked.length;
    await Promise.all([list.targets(), list.targets()]);
    expect(asked.length).toBe(before);
    vi.setSystemTime(Date.now() + 6_000);
    await Promise.all([list.targets(), list.targets()]);
    expect(asked.length).toBe(before + 1);
  });

  it('asks each address in the name of the host', async () => {
    const hosts: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { list, resolvesTo } = follow(`dns+http://checkout-headless:${port}`);
    await resolvesTo(['127.0.0.1']);
    await list
      .target('checkout-headless@127.0.0.1')
      .pprof()
      .catch(() => {});
    expect(new Set(hosts)).toEqual(new Set([`checkout-headless:${port}`]));
  });
});
