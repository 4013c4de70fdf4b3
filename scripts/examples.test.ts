import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnosticsClient } from '../client/index.ts';

const REGISTER = new URL('../api/register.ts', import.meta.url).href;
const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('./examples/', import.meta.url));

const PATIENCE = { timeout: 25_000, interval: 100 };

const started: ChildProcess[] = [];

function run(
  args: string[],
  env: NodeJS.ProcessEnv,
  stderr: 'pipe' | 'inherit' = 'inherit',
): ChildProcess {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', stderr],
  });
  started.push(child);
  return child;
}

/** Tells the port that the program has taken: given a free one by its system, it keeps it to itself. */
const TELL_PORT = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
    console.log('port', server.address().port);
  });
`)}`;

async function startDemo(): Promise<string> {
  const demo = run(['--import', REGISTER, DEMO], { PPROFQL_PORT: '0' }, 'pipe');
  for await (const line of createInterface(demo.stderr!)) {
    const url = /^pprofql: (http:\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    demo.stderr!.pipe(process.stderr);
    return url;
  }
  throw new Error('the demo ended before it said where pprofql is');
}

async function endAll(): Promise<void> {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

describe('mounted in an own server', () => {
  afterEach(endAll);

  it.each(['node-http.js', 'express.js', 'fastify.js'])(
    '%s answers beside the app',
    async (file) => {
      const child = run(['--import', TELL_PORT, EXAMPLES + file], { PORT: '0' });
      const [line] = await once(createInterface(child.stdout!), 'line');
      const url = `http://127.0.0.1:${/^port (\d+)$/.exec(line)![1]}`;
      expect(await fetch(url).then((app) => app.text())).toBe('hello\n');

      const client = createDiagnosticsClient({
        url: `${url}/debug/pprofql`,
        transport: 'websocket',
      });
      expect((await client.process()).title).toBe(file);
      const history = client.metricsHistory();
      expect((await history.next()).value?.sequence).toBe(1);
      client.dispose();
      const page = await fetch(`${url}/debug/pprofql/`);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    },
  );
});

describe('startDiagnostics', () => {
  afterEach(endAll);

  it('says where to look', async () => {
    const child = run([`${EXAMPLES}start-diagnostics.js`], { PORT: '0' });
    const [line] = await once(createInterface(child.stdout!), 'line');
    const url = /http:\S+/.exec(line)![0];
    const client = createDiagnosticsClient({ url });
    expect((await client.process()).title).toBe('start-diagnostics.js');
    client.dispose();
  });
});

describe('the demo’s bugs', () => {
  let url: string;
  beforeAll(async () => {
    url = await startDemo();
  });
  afterAll(endAll);

  const queryText = (name: string) => readFileSync(`${EXAMPLES}${name}.graphql`, 'utf8');

  async function ask(name: string) {
    const response = await fetch(`${url}graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: queryText(name) }),
    });
    const { data, errors } = await response.json();
    expect(errors).toBeUndefined();
    return data;
  }

  it('are found by the queries', async () => {
    const largest = async (file: string, table: string) => {
      const { pprof } = await ask(file);
      return pprof[table][0]?.function;
    };
    await expect.poll(() => largest('leak', 'inuseAllocations'), PATIENCE).toBe('rememberSession');
    await expect
      .poll(() => largest('hot-path', 'topAllocations'), PATIENCE)
      .toBe('renderSalesReport');
    const topFunctions = async () =>
      (await ask('stuck')).goroutines.groups.map((group: { topFunc: string }) => group.topFunc);
    await expect
      .poll(topFunctions, PATIENCE)
      .toEqual(expect.arrayContaining(['Lock.acquire', 'deliver']));
  }, 60_000);

  it('are told by the client', async () => {
    const client = createDiagnosticsClient({ url });
    const found = async () => {
      const { inuseAllocations, topAllocations } = await client.pprof();
      return [inuseAllocations?.[0]?.function, topAllocations?.[0]?.function];
    };
    await expect.poll(found, PATIENCE).toEqual(['rememberSession', 'renderSalesReport']);
    client.dispose();

    const child = run([`${EXAMPLES}sdk.js`], { PPROFQL_URL: url });
    const lines: string[] = [];
    createInterface(child.stdout!).on('line', (line) => lines.push(line));
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^holds most memory: rememberSession \(.*session-cache\.ts:\d+\)$/),
      expect.stringMatching(/^allocates most: {4}renderSalesReport \(.*sales-report\.ts:\d+\)$/),
      expect.stringMatching(/^stuck: {13}deliver\. .* of POST \/orders\/:id /),
      // The oldest point that is kept may be older than the first count of tasks.
      expect.stringMatching(/^20\S+Z \d+ MB, (\d+|null) tasks$/),
    ]);
  }, 60_000);
});
