/** Under which route the requests of real frameworks are counted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

const RUN = fileURLToPath(new URL('../scripts/fixtures/routes/run.mjs', import.meta.url));
const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url));
const INDEX = new URL('./index.ts', import.meta.url).href;
const PATIENCE = { timeout: 25_000, interval: 50 };
const PATTERN = 'GET /shop/:customer/orders/:order';
const PATH = 'GET /shop/ada/orders/blue';

let program: ChildProcess | undefined;
let stderr = '';

function start(args: string[]): void {
  stderr = '';
  program = spawn(process.execPath, args, { env: { ...process.env, PPROFQL_PORT: '0' } });
  program.stderr!.on('data', (text) => {
    stderr += text;
  });
}

async function routes(): Promise<string[]> {
  const url = /pprofql: (http:\S+)/.exec(stderr)![1];
  const response = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ goroutines { groups { routes { route } } } }' }),
  });
  const { data } = (await response.json()) as {
    data: { goroutines: { groups: { routes: { route: string }[] }[] } };
  };
  const all = data.goroutines.groups.flatMap((group) => group.routes.map(({ route }) => route));
  return [...new Set(all)];
}

const expectRoutes = (expected: string[]) =>
  vi.waitFor(async () => expect(await routes()).toEqual(expected), PATIENCE);

afterEach(() => void program?.kill('SIGKILL'));

describe.each(['koa', 'hono'])('%s', (shop) => {
  it('is counted by its pattern where a middleware puts it on the request', async () => {
    start(['--import', REGISTER, RUN, 'middleware', shop]);
    await expectRoutes([PATTERN]);
  });

  it('is counted by its pattern where routeOf tells it', async () => {
    start([RUN, 'routeOf', shop, INDEX]);
    await expectRoutes([PATTERN]);
  });

  it('is counted by its path where nobody tells, and a routeOf that rejects harms nothing', async () => {
    start([RUN, 'fails', shop, INDEX]);
    await expectRoutes([PATH]);
    expect(program!.exitCode).toBeNull();
    expect(stderr.match(/routeOf .*/g)).toEqual([
      'routeOf answers with something else than a text, which is left out',
    ]);
  });
});
