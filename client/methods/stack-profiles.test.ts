import { expect, it } from 'vitest';
import { connect, observe } from '../testing/fixtures.ts';

it('reads a profile of waits by stack, no more stacks than asked for', async () => {
  const client = connect(await observe());
  expect(await client.stackProfile({ kind: 'MUTEX', limit: 1 })).toMatchObject({
    count: 3,
    stacks: [{ count: 2, frames: [{ function: 'main.hold', line: 1 }] }],
  });
});

it('refuses a limit that is not allowed', async () => {
  const client = connect(await observe());
  await expect(client.stackProfile({ kind: 'BLOCK', limit: 0 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});
