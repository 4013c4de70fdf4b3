import { expect, it } from 'vitest';
import { createPprofqlSource } from './source.ts';

const sourceThatFailsWith = (code: unknown) =>
  createPprofqlSource({
    name: 'shop',
    http: async () =>
      Buffer.from(JSON.stringify({ errors: [{ message: 'no', extensions: { code } }] })),
    decoder: { run: () => Promise.reject(new Error('not asked for')), stop() {} },
  });

it('takes over a code of ours', async () => {
  const { read } = sourceThatFailsWith('PAUSE_BUDGET_SPENT');
  await expect(read({ closeInterval: false })).rejects.toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
  });
});

it.each(['constructor', 'toString', '__proto__', 'UNAUTHENTICATED', 5, ['STOPPED', 1], null, {}])(
  'takes over no other: %s',
  async (code) => {
    const { read } = sourceThatFailsWith(code);
    await expect(read({ closeInterval: false })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  },
);
