import { describe, expect, it } from 'vitest';
import { text } from '../testing/fake-go-server.ts';
import { watchOne } from '../testing/watched-go.ts';

describe('the goroutines of a Go target', () => {
  it('are grouped, with waits as Go prints them', async () => {
    const { shop } = await watchOne();
    const { total, groups, dump } = await shop.goroutines({ raw: false });
    expect(total).toBe(3);
    expect(dump).toMatchObject({ headers: 3, truncated: false });
    expect(groups.find(({ state }) => state === 'chan receive')).toMatchObject({
      count: 2,
      waitReason: '7 minutes',
      waitMinutes: 7,
      lockedToThread: 1,
      topFrame: { function: 'main.wait' },
    });
  });

  it('come with the dump itself where it is asked for', async () => {
    const { shop } = await watchOne();
    const { raw } = await shop.goroutines({ raw: true });
    expect(raw?.text).toContain('created by main.start in goroutine 1');
  });

  it('follow the rules of the target first', async () => {
    const categoryRules = [{ category: 'BACKGROUND' as const, function: /^main\.wait$/ }];
    const { shop } = await watchOne({}, { categoryRules });
    const { summary } = await shop.goroutines({ raw: false });
    expect(summary).toMatchObject({ background: 2, unknown: 1 });
  });

  it('fail where the answer is no dump', async () => {
    const { shop } = await watchOne({ '/debug/pprof/goroutine?debug=2': text('<html></html>') });
    await expect(shop.goroutines({ raw: false })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });
});

describe('a Go target that has died', () => {
  it('is told as it was at last, marked as that, but not compared with as if it were now', async () => {
    const { server, shop, list } = await watchOne();
    await shop.captures.capture('before');
    const { raw } = await shop.goroutines({ raw: true });
    const { figures } = await shop.pprof();
    await server[Symbol.asyncDispose]();

    const dump = await shop.goroutines({ raw: true });
    expect(dump).toMatchObject({ total: 3, observation: { via: 'LAST_KNOWN' }, raw });
    expect((await shop.goroutines({ raw: false })).raw).toBeNull();
    const told = await shop.pprof();
    expect(told.observation).toEqual({ via: 'LAST_KNOWN', measuredAtMs: figures.takenAtMs });
    expect(told.figures.liveTasks).toBe(42);
    expect(await shop.process()).toMatchObject({ title: 'shop' });
    expect((await list.targets())[1]).toMatchObject({ state: 'FAILING' });
    expect((await shop.health()).findings).toMatchObject([{ kind: 'NOT_ANSWERING' }]);
    const diff = shop.captures.diff({ base: 'before', to: null, limit: 10, includeOwn: false });
    await expect(diff).rejects.toThrow('target shop could not be asked');
  });
});
