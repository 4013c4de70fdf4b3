import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../base/options/resolve.ts';
import { collectGarbage } from '../probe/testing/tracked.ts';
import { fakeDiagnostics } from '../server/testing/fake-diagnostics.ts';
import { withTargets } from './list.ts';

const ANSWERING = { state: 'ANSWERING', lastAnswerAtMs: null, error: null } as const;

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

describe('targets that have left the list', () => {
  it('are remembered by their name, and held no longer, while others come and go and nobody asks', async () => {
    const count = 300;
    const left: WeakRef<object>[] = [];
    const list = withTargets(fakeDiagnostics(), resolveOptions({}, {}), (registry) => {
      for (let id = 0; id < count; id += 1) {
        const name = `worker-${id}`;
        const diagnostics = { ...fakeDiagnostics() };
        left.push(new WeakRef(diagnostics));
        const status = async () => ({ name, kind: 'NODE_THREAD', ...ANSWERING }) as const;
        registry.add({ name, diagnostics, status });
        registry.remove(name, `${name} of pool.js has ended`);
      }
      return { refresh: async () => {}, stop() {} };
    });
    await new Promise(setImmediate);
    collectGarbage();
    const held = left.filter((target) => target.deref() !== undefined).length;
    // A profile of the last ten can still be downloaded.
    expect(held).toBe(10);
    expect(() => list.target('worker-150')).toThrow('worker-150 of pool.js has ended');
    expect(() => list.target('worker-3')).toThrow('there is no target "worker-3"');
    list.stopTargets();
  });
});
