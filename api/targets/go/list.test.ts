import { describe, expect, it } from 'vitest';
import { silence, status } from '../testing/fake-go-server.ts';
import { fakeGo, watch, watchOne } from '../testing/watched-go.ts';

describe('the list of targets', () => {
  it('knows nothing of a target that is down, whatever it was asked for', async () => {
    const list = watch([{ name: 'down', url: 'http://127.0.0.1:1' }]);
    const down = list.target('down');
    expect((await down.eventLoop()).unwatchedReason).not.toBeNull();
    expect(await down.stalls()).toEqual([]);
    expect((await list.targets())[1]).toMatchObject({ kind: null, state: 'NOT_ASKED' });
    await expect(down.pprof()).rejects.toThrow('target down');
    expect((await list.targets())[1]).toMatchObject({ kind: null, state: 'FAILING' });
  });

  it('begins with this process, and asks nobody', async () => {
    const { server, list } = await watchOne();
    expect(await list.targets()).toMatchObject([
      { name: 'self', kind: 'NODE' },
      { name: 'shop', kind: 'GO', state: 'NOT_ASKED', lastAnswerAtMs: null, error: null },
    ]);
    expect(server.asked).toEqual([]);
  });

  it('tells which of two answers and which fails, and why', async () => {
    const [good, bad] = [
      await fakeGo(),
      await fakeGo({ '/debug/pprof/heap?debug=1': status(500) }),
    ];
    const list = watch([
      { name: 'good', url: good.url, kind: 'GO' },
      { name: 'bad', url: bad.url, kind: 'GO' },
    ]);
    await list.target('good').pprof();
    await expect(list.target('bad').pprof()).rejects.toThrow('target bad answered');
    expect((await list.targets()).slice(1)).toMatchObject([
      { name: 'good', state: 'ANSWERING', lastAnswerAtMs: expect.any(Number), error: null },
      { name: 'bad', state: 'FAILING', error: expect.stringContaining('with 500') },
    ]);
  });

  it('lets a silent target delay no other', async () => {
    const quiet = await fakeGo({ '/debug/pprof/heap?debug=1': silence });
    const good = await fakeGo();
    const list = watch([
      { name: 'quiet', url: quiet.url, kind: 'GO' },
      { name: 'good', url: good.url, kind: 'GO' },
    ]);
    let isQuiet = true;
    const waiting = list
      .target('quiet')
      .pprof()
      .finally(() => {
        isQuiet = false;
      });
    waiting.catch(() => {});
    expect((await list.target('good').pprof()).figures.liveTasks).toBe(42);
    expect(isQuiet).toBe(true);
  });

  it('refuses a name that is not configured', async () => {
    const { list } = await watchOne();
    expect(() => list.target('http://evil')).toThrow('there are self, shop');
  });
});
