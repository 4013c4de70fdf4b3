import { describe, expect, it } from 'vitest';
import { silence, status, text } from '../testing/fake-go-server.ts';
import { watchOne } from '../testing/watched-go.ts';

describe('the profiles of a Go target that count by stack', () => {
  const MUTEX =
    '--- mutex:\ncycles/second=1000000000\nsampling period=1\n9000000 4 @ 0x1\n#\t0x1\tmain.hold+0x1\t/app/hold.go:13\n';

  it('are tables of who waited for locks, and null where it has none', async () => {
    const { shop } = await watchOne({ '/debug/pprof/mutex?debug=1': text(MUTEX) });
    expect(await shop.stackProfile?.('MUTEX')).toMatchObject({
      count: 4,
      delayNs: 9_000_000,
      rows: [{ frames: [{ function: 'main.hold', line: 13 }] }],
    });
    expect(await shop.stackProfile?.('GOROUTINELEAK')).toBeNull();
  });

  it('tell as many stacks as are asked for, and refuse a number that is none', async () => {
    const { shop } = await watchOne({ '/debug/pprof/mutex?debug=1': text(MUTEX) });
    const profile = await shop.stackProfile?.('MUTEX');
    expect(profile?.stacks({ limit: 1 })).toHaveLength(1);
    for (const limit of [0, -1, 1_001]) {
      expect(() => profile?.stacks({ limit })).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          message: `limit is ${limit}, allowed is a whole number from 1 to 1000`,
        }),
      );
    }
  });

  it('are goroutines that are leaked for ever, where Go has proven that', async () => {
    const leaks =
      'goroutineleak profile: total 7\n7 @ 0x1\n#\t0x1\tmain.wait+0x1\t/app/wait.go:3\n';
    const { shop } = await watchOne({ '/debug/pprof/goroutineleak?debug=1': text(leaks) });
    expect(await shop.stackProfile?.('GOROUTINELEAK')).toMatchObject({ count: 7, delayNs: null });
  });
});

describe('the allocations of a Go target', () => {
  it('are tables of its heap profile, one request for all fields', async () => {
    const { server, shop } = await watchOne();
    const [tables, again] = await Promise.all([shop.allocations(), shop.allocations()]);
    expect(again).toBe(tables);
    expect(tables?.inuse).toMatchObject([{ bytes: 200, cumulativeBytes: 400, retention: 0.5 }]);
    expect(tables?.top?.[0]?.frames[0]).toMatchObject({ function: 'leak' });
    expect(server.asked.filter((path) => path === '/debug/pprof/heap')).toHaveLength(1);
  });

  it('fail, saying what came instead', async () => {
    const { shop, list } = await watchOne({ '/debug/pprof/heap': text('<html></html>') });
    await expect(shop.allocations()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^target shop answered \/debug\/pprof\/heap with a web page/),
    });
    expect((await list.targets())[1]).toMatchObject({ state: 'FAILING' });
  });

  it('can be captured and compared', async () => {
    const { shop } = await watchOne();
    await shop.captures.capture('before');
    const diff = await shop.captures.diff({
      base: 'before',
      to: null,
      limit: 10,
      includeOwn: false,
    });
    expect(diff.allocations?.grown).toEqual([]);
    expect(diff.figures).toMatchObject({ heapUsedBytes: 0, externalBytes: null, cpuSeconds: null });
  });
});

describe('the CPU profile of a Go target', () => {
  const PROFILE = '/debug/pprof/profile?seconds=1';

  it('fails at once where the target refuses, as while another one runs', async () => {
    const { shop } = await watchOne({ [PROFILE]: status(500) });
    await expect(shop.cpuProfiles.take({ seconds: 1 })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: `target shop answered ${PROFILE} with 500: refused`,
    });
    expect(shop.cpuProfiles.running()).toBeNull();
  });

  it('is given up when whoever asked for it leaves', async () => {
    const { server, shop } = await watchOne({ [PROFILE]: silence });
    const caller = new AbortController();
    const outcome = shop.cpuProfiles.take({ seconds: 1, signal: caller.signal });
    await expect.poll(() => server.asked).toContain(PROFILE);
    caller.abort();
    expect(await outcome).toMatchObject({ kind: 'CANCELLED' });
  });
});
