import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnosticsClient } from '../../client/index.ts';
import { observed, Program } from '../testing/program.ts';

const DEMO = fileURLToPath(new URL('../demo.ts', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

const PATIENCE = { interval: 100 };

/** A busy machine makes pauses long, after which a heap is not read again for as long as a test waits. */
const ROOMY = { PPROFQL_PAUSE_BUDGET_PERCENT: '100' };

function run(args: string[], env: NodeJS.ProcessEnv): Program {
  return new Program(args, { env: { NODE_OPTIONS: '', ...ROOMY, ...env } });
}

/** Tells the port that the program has taken: given a free one by its system, it keeps it to itself. */
const TELL_PORT = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
    console.log('port', server.address().port);
  });
`)}`;

// All at once: each starts a program, which is most of the wait.
describe.concurrent('mounted in an own server', () => {
  it.each(['node-http.js', 'express.js', 'fastify.js'])(
    '%s answers beside the app',
    async (file) => {
      await using app = run(['--import', TELL_PORT, EXAMPLES + file], { PORT: '0' });
      const [, port] = await app.printed(/^port (\d+)$/m);
      const url = `http://127.0.0.1:${port}`;
      expect(await fetch(url).then((response) => response.text())).toBe('hello\n');

      using client = createDiagnosticsClient({
        url: `${url}/debug/pprofql`,
        transport: 'websocket',
      });
      expect((await client.process()).title).toBe(file);
      const history = client.metricsHistory();
      expect((await history.next()).value?.sequence).toBe(1);
      const page = await fetch(`${url}/debug/pprofql/`);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    },
  );
});

describe('startDiagnostics', () => {
  it('says where to look', async () => {
    await using app = run([`${EXAMPLES}start-diagnostics.js`], { PORT: '0' });
    const [url] = await app.printed(/http:\S+/);
    using client = createDiagnosticsClient({ url });
    expect((await client.process()).title).toBe('start-diagnostics.js');
  });
});

interface Figures {
  pprof: Record<string, { function: string }[]>;
  goroutines: { groups: { topFunc: string }[] };
}

interface InFlight {
  requests: { route: string; waitsAt: { function: string } | null }[];
}

describe('the demo’s bugs', () => {
  let demo: Program;
  let url: string;
  beforeAll(async () => {
    demo = run(observed([DEMO]), {});
    url = await demo.url();
  });
  afterAll(() => demo.kill());

  const queryText = (name: string) => readFileSync(`${EXAMPLES}${name}.graphql`, 'utf8');

  it('are found by the queries', async () => {
    const largest = async (file: string, table: string) => {
      const { pprof } = await demo.ask<Figures>(queryText(file));
      return pprof[table]?.[0]?.function;
    };
    await expect.poll(() => largest('leak', 'inuseAllocations'), PATIENCE).toBe('rememberSession');
    await expect
      .poll(() => largest('hot-path', 'topAllocations'), PATIENCE)
      .toBe('renderSalesReport');
    const topFunctions = async () =>
      (await demo.ask<Figures>(queryText('stuck'))).goroutines.groups.map(({ topFunc }) => topFunc);
    await expect
      .poll(topFunctions, PATIENCE)
      .toEqual(expect.arrayContaining(['reserveStock', 'deliver']));
    const hangingCheckout = async () => {
      const { requests } = await demo.ask<InFlight>(queryText('requests'));
      return requests.find(({ route }) => route === '/checkout/:id')?.waitsAt?.function;
    };
    await expect.poll(hangingCheckout, PATIENCE).toBe('reserveStock');
  });

  it('are told by the client', async () => {
    const client = createDiagnosticsClient({ url });
    const found = async () => {
      const { inuseAllocations, topAllocations } = await client.pprof();
      return [inuseAllocations?.[0]?.function, topAllocations?.[0]?.function];
    };
    await expect.poll(found, PATIENCE).toEqual(['rememberSession', 'renderSalesReport']);
    client.dispose();

    await using sdk = run([`${EXAMPLES}sdk.js`], { PPROFQL_URL: url });
    const { code, stdout, stderr } = await sdk.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^holds most memory: rememberSession \(.*session-cache\.ts:\d+\)$/),
      expect.stringMatching(/^allocates most: {4}renderSalesReport \(.*sales-report\.ts:\d+\)$/),
      expect.stringMatching(/^stuck: {13}deliver\. .* of POST \/orders\/:id /),
      // The oldest point that is kept may be older than the first count of tasks.
      expect.stringMatching(/^20\S+Z \d+ MB, (\d+|null) tasks$/),
    ]);
  });
});
