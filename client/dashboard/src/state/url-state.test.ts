import { describe, expect, test } from 'vitest';
import { addressOf } from './url-state.ts';

describe('the address of a section', () => {
  test('keeps every section as it was left', () => {
    expect(addressOf('?view=memory&memory.sort=growth&tasks.find=a', { view: 'tasks' })).toBe(
      '?view=tasks&memory.sort=growth&tasks.find=a',
    );
  });

  test('shows just the evidence, not what old filters leave of it', () => {
    const evidence = { view: 'tasks', 'tasks.only': 'stuck' };
    expect(addressOf('?view=memory&memory.sort=growth&tasks.find=a', evidence)).toBe(
      '?view=tasks&memory.sort=growth&tasks.only=stuck',
    );
  });
});
