import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Soak, startSoak } from '../soak.ts';

let soak: Soak;

beforeAll(async () => {
  soak = await startSoak();
});

afterAll(() => soak.stop());

it('leaves nothing behind of those who looked at a process, mounted or beside it', async () => {
  const { runs, visibleFrom } = await soak.check({ visits: 1, visitors: 4 });
  expect(runs).toBeGreaterThanOrEqual(1);
  expect(visibleFrom).toEqual({ bytes: 4 * 64 * 1024, tasks: 2 });
});

it('finds what is left behind on purpose', async () => {
  const attempt = soak.check({ visits: 1, visitors: 0, path: 'remember', retries: 2 });
  await expect(attempt).rejects.toThrow(/leaks? found.*remember/s);
});
