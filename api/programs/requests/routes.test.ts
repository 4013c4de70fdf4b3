/** Under which route the requests of real frameworks are counted. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { launchObserved, Program } from '../../../scripts/testing/program.ts';

const RUN = fileURLToPath(new URL('../../../scripts/fixtures/routes/run.mjs', import.meta.url));
const INDEX = new URL('../../index.ts', import.meta.url).href;
const PATTERN = 'GET /shop/:customer/orders/:order';
const PATH = 'GET /shop/ada/orders/blue';

const QUERY = '{ goroutines { groups { routes { route } } } }';

interface Answer {
  goroutines: { groups: { routes: { route: string }[] }[] };
}

/** Those of the requests that hang. */
async function expectRoutes(shop: Program, expected: string[]): Promise<void> {
  await vi.waitFor(async () => {
    const { goroutines } = await shop.ask<Answer>(QUERY);
    const all = goroutines.groups.flatMap((group) => group.routes.map(({ route }) => route));
    expect([...new Set(all)]).toEqual(expected);
  });
}

// All at once: each waits for its program most of the time.
describe.concurrent.each(['koa', 'hono'])('%s', (shop) => {
  it('is counted by its pattern where a middleware puts it on the request', async () => {
    await using program = launchObserved([RUN, 'middleware', shop]);
    await expectRoutes(program, [PATTERN]);
  });

  it('is counted by its pattern where routeOf tells it', async () => {
    await using program = new Program([RUN, 'routeOf', shop, INDEX]);
    await expectRoutes(program, [PATTERN]);
  });

  it('is counted by its path where nobody tells, and a routeOf that rejects harms nothing', async () => {
    await using program = new Program([RUN, 'fails', shop, INDEX]);
    await expectRoutes(program, [PATH]);
    expect(program.isRunning).toBe(true);
    expect(program.stderr.match(/routeOf answers .*/g)).toEqual([
      'routeOf answers with something else than a text, which is left out',
    ]);
  });
});
