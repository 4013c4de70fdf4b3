/** Under which route the requests of real frameworks are counted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext, vi } from 'vitest';

const RUN = fileURLToPath(new URL('../scripts/fixtures/routes/run.mjs', import.meta.url));
const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url));
const INDEX = new URL('./index.ts', import.meta.url).href;
const PATIENCE = { timeout: 80_000, interval: 50 };
const PATTERN = 'GET /shop/:customer/orders/:order';
const PATH = 'GET /shop/ada/orders/blue';

interface Shop {
  program: ChildProcess;
  stderr(): string;
  /** Of the requests that hang. */
  routes(): Promise<string[]>;
}

function start(args: string[], onTestFinished: TestContext['onTestFinished']): Shop {
  const program = spawn(process.execPath, args, { env: { ...process.env, PPROFQL_PORT: '0' } });
  onTestFinished(() => void program.kill('SIGKILL'));
  let stderr = '';
  program.stderr.on('data', (text) => {
    stderr += text;
  });
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
  return { program, stderr: () => stderr, routes };
}

const expectRoutes = ({ routes }: Shop, expected: string[]) =>
  vi.waitFor(async () => expect(await routes()).toEqual(expected), PATIENCE);

// All at once: each waits for its program most of the time.
describe.concurrent.each(['koa', 'hono'])('%s', { timeout: 90_000 }, (shop) => {
  it('is counted by its pattern where a middleware puts it on the request', async ({
    onTestFinished,
  }) => {
    const flags = ['--import', REGISTER, RUN, 'middleware', shop];
    await expectRoutes(start(flags, onTestFinished), [PATTERN]);
  });

  it('is counted by its pattern where routeOf tells it', async ({ onTestFinished }) => {
    await expectRoutes(start([RUN, 'routeOf', shop, INDEX], onTestFinished), [PATTERN]);
  });

  it('is counted by its path where nobody tells, and a routeOf that rejects harms nothing', async ({
    onTestFinished,
  }) => {
    const started = start([RUN, 'fails', shop, INDEX], onTestFinished);
    await expectRoutes(started, [PATH]);
    expect(started.program.exitCode).toBeNull();
    expect(started.stderr().match(/routeOf .*/g)).toEqual([
      'routeOf answers with something else than a text, which is left out',
    ]);
  });
});
