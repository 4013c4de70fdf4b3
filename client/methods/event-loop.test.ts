import { describe, expect, it } from 'vitest';
import type { StallStack } from '../../api/diagnostics/stalls/types.ts';
import { connect, observe } from '../testing/fixtures.ts';

const hotLoop: StallStack = {
  frames: [{ function: 'hotLoop', file: '/app/loop.js', line: 7, column: 3 }],
  looks: 2,
  seenAtMs: 0,
  isNativeCaller: false,
};

describe('a stuck event loop', () => {
  it('is named with the stack it is stuck on', async () => {
    const { url } = await observe({
      overrides: {
        eventLoop: async () => ({
          state: 'RUNNING_JAVASCRIPT',
          blockedForMs: 2_500,
          starvedForMs: 0,
          stack: hotLoop,
          sentence: 'JavaScript has run for 2.5 s.',
          unwatchedReason: null,
        }),
      },
    });
    const status = await connect({ url }).eventLoop();
    expect(status).toMatchObject({ state: 'RUNNING_JAVASCRIPT', blockedForMs: 2_500 });
    expect(status.stack?.stack).toEqual(['hotLoop', '\t/app/loop.js:7']);
  });

  it('stays in the list of stalls with its length and stacks', async () => {
    const stall = {
      id: '1',
      startedAtMs: 0,
      durationMs: 4_000,
      state: 'RUNNING_JAVASCRIPT' as const,
      looks: 2,
      nativeLooks: 0,
      droppedLooks: 0,
      stacks: [hotLoop],
      sentence: 'JavaScript ran for 4 s.',
    };
    const { url } = await observe({ overrides: { stalls: async () => [stall] } });
    const [first, ...others] = await connect({ url }).stalls();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ durationMs: 4_000, stacks: [{ looks: 2 }] });
  });
});
