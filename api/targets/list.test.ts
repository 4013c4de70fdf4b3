import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../base/options/resolve.ts';
import { fakeDiagnostics } from '../server/testing/fake-diagnostics.ts';
import { withTargets } from './list.ts';

/** How this process fares whose last points were answered, or not, and whose loop stands still. */
async function stateOf(answered: readonly boolean[], blockedForMs = 0) {
  const fake = fakeDiagnostics();
  const [point] = fake.history();
  const loop = await fake.eventLoop();
  const list = withTargets(
    fakeDiagnostics({
      history: () => answered.map((isResponding) => ({ ...point!, isResponding })),
      eventLoop: async () => ({ ...loop, blockedForMs }),
    }),
    resolveOptions({}, {}),
  );
  const [self] = await list.targets();
  list.stopTargets();
  return self!.state;
}

describe('the process that pprofql runs in', () => {
  it('is not failing for a single slow answer', async () => {
    expect(await stateOf([true, true, false])).toBe('ANSWERING');
    expect(await stateOf([false])).toBe('ANSWERING');
    expect(await stateOf([true, false], 1_500)).toBe('ANSWERING');
  });

  it('is failing while it gives no answer again and again, or its loop stands still', async () => {
    expect(await stateOf([true, false, false])).toBe('FAILING');
    expect(await stateOf([true, true], 2_500)).toBe('FAILING');
  });
});
