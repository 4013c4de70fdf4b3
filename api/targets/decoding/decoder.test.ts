import { describe, expect, it, onTestFinished } from 'vitest';
import { DUMP } from '../testing/fake-go-server.ts';
import { createDecoder } from './decoder.ts';

const large = {
  bytes: Buffer.from(DUMP),
  rules: [{ category: 'UNKNOWN' as const, state: /chan/ }],
};

function onThread(idleMs?: number) {
  const decoder = createDecoder({ inlineBytes: 1, idleMs });
  onTestFinished(decoder.stop);
  return decoder;
}

describe('a decoding on a thread of its own', () => {
  it('gives what it gives at once for a small input', async () => {
    const inline = createDecoder();
    expect(await onThread().run('goroutines', large)).toEqual(
      await inline.run('goroutines', large),
    );
  });

  it('leaves the event loop free', async () => {
    const bytes = Buffer.from(DUMP.repeat(20_000));
    let turns = 0;
    const turn = setInterval(() => {
      turns += 1;
    }, 1);
    const { total } = await onThread().run('goroutines', { bytes, rules: [] });
    clearInterval(turn);
    expect(total).toBe(60_000);
    expect(turns).toBeGreaterThan(2);
  });

  it('passes errors on with their code', async () => {
    const garbage = { bytes: Buffer.from('no profile'), collectedAtMs: 0 };
    await expect(onThread().run('heap', garbage)).rejects.toMatchObject({
      name: 'DiagnosticsError',
      code: 'INVALID_INPUT',
    });
  });

  it('starts again after it was idle', async () => {
    const decoder = onThread(1);
    for (let round = 0; round < 2; round++) {
      expect((await decoder.run('goroutines', large)).total).toBe(3);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('rejects what is under way when it is stopped', async () => {
    const decoder = onThread();
    const answer = decoder.run('goroutines', large);
    decoder.stop();
    await expect(answer).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(decoder.run('goroutines', large)).rejects.toMatchObject({ code: 'STOPPED' });
  });
});
