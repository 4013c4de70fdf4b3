/**
 * Stderr belongs to the program: pprofql says where it listens, in one line, and nothing else while
 * all goes well. `PPROFQL_TEST_NODE` is the Node that the program runs on.
 */
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { launchObserved, observed, Program, REGISTER } from '../../../scripts/testing/program.ts';

const ONE_LINE = /^pprofql: (http:\/\/127\.0\.0\.1:\d+\/)\n$/;

/** Ends with its standard input. */
const PROGRAM = "process.stdin.on('end', () => {}).resume()";
/** Ends itself with its standard input, while it has a worker thread. */
const ENDS_ITSELF = `
  new (require('node:worker_threads').Worker)('setInterval(() => {}, 1_000)', { eval: true });
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();`;

/** Ends before its loop turns, and prints for how many milliseconds pprofql held that up. */
const LOSES_ITS_FOLDER = `
  process.chdir(process.env.FOLDER);
  require('node:fs').rmdirSync(process.env.FOLDER);
  let endsMs;
  process.prependListener('exit', () => { endsMs = performance.now(); });
  process.on('exit', () => require('node:fs').writeSync(1, String(performance.now() - endsMs)));
  process.exit(3);`;

const CAPTURE = 'mutation { capture(name: "late") { name } }';

let program: Program;
let url: string;

async function launch(source: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  // Node 22 warns of the types in our sources; the package has none.
  program = launchObserved(['--disable-warning=ExperimentalWarning', '--eval', source], {
    // After one read of the heap, which takes some ten milliseconds, the next has to wait for seconds.
    env: { PPROFQL_PAUSE_BUDGET_PERCENT: '0.5', ...env },
  });
  url = await program.url();
}

afterEach(() => program.kill());

function send(query: string, accept = 'application/json'): ClientRequest {
  const headers = { 'content-type': 'application/json', accept };
  const sent = request(`${url}graphql`, { method: 'POST', headers });
  sent.on('error', () => {});
  sent.end(JSON.stringify({ query }));
  return sent;
}

async function ask(query: string): Promise<string> {
  const [response] = await once(send(query), 'response');
  return text(response);
}

/** What Node prints above the error: the place, its line and where in it. */
const withoutLine = (stderr: string) => stderr.replace(/^.*\n.*\n *\^\n\n/, '');

/** The server has begun what came before, and has dealt with what has left before. */
const aRound = () => ask('{ process { pid } pprof { memory { alloc } } }');

async function leaveHttp(query: string, accept?: string): Promise<void> {
  const sent = send(query, accept);
  await aRound();
  sent.destroy();
  await aRound();
}

async function subscribe(query: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  await aRound();
  return socket;
}

async function leaveSocket(query: string): Promise<void> {
  const socket = await subscribe(query);
  socket.terminate();
  await aRound();
}

it('has one line from start to end', async () => {
  await launch(PROGRAM);
  await aRound();
  expect((await program.end()).stderr).toMatch(ONE_LINE);
});

it('has one line where two copies of pprofql are preloaded', async () => {
  program = new Program([
    '--disable-warning=ExperimentalWarning',
    ...observed(['--import', `${REGISTER}?another-copy`, '--eval', PROGRAM]),
  ]);
  url = await program.url();
  await aRound();
  expect((await program.end()).stderr).toMatch(ONE_LINE);
});

it('has one line, at once, where the folder of the program is gone, in which no thread can start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-gone-'));
  program = launchObserved(['--disable-warning=ExperimentalWarning', '--eval', LOSES_ITS_FOLDER], {
    env: { FOLDER: folder },
  });
  const { code, stdout, stderr } = await program.ended;
  expect(code).toBe(3);
  expect(Number(stdout)).toBeLessThan(8_000);
  expect(stderr).toMatch(/^(pprofql: [^\n]+\n)?$/);
});

it('has no more when the program ends itself by a signal, its worker threads being looked at', async () => {
  await launch(ENDS_ITSELF);
  await vi.waitFor(async () => expect(await ask('{ targets { kind } }')).toContain('NODE_THREAD'));
  const { code, stderr } = await program.end();
  expect(code).toBeNull();
  expect(stderr).toMatch(ONE_LINE);
});

it('has no more when clients leave while they wait', async () => {
  await launch(PROGRAM);
  expect(await ask('mutation { capture(name: "first") { name } }')).toContain('"first"');
  const waiting = [
    CAPTURE,
    '{ diff(base: "first") { base { name } } }',
    'mutation { takeCpuProfile(seconds: 5) { __typename } }',
  ];
  for (const query of waiting) {
    await leaveHttp(query);
    await leaveSocket(query);
  }
  for (const query of ['subscription { metricsHistory { sequence } }', CAPTURE]) {
    await leaveHttp(query, 'text/event-stream');
    await leaveSocket(query);
  }
  expect((await program.end()).stderr).toMatch(ONE_LINE);
});

it('does not keep a program whose diagnostics clients follow', async () => {
  await launch(PROGRAM);
  const query = 'subscription { metricsHistory { sequence } }';
  const [response] = await once(send(query, 'text/event-stream'), 'response');
  // It ends in the middle of the answer.
  response.on('error', () => {});
  await subscribe(query);
  const { code, stderr } = await program.end();
  expect(code).toBe(0);
  expect(stderr).toMatch(ONE_LINE);
});

it('does not keep a program for which Node logs what it does, in every thread', async () => {
  await launch(PROGRAM, { NODE_DEBUG: 'timer,worker' });
  await aRound();
  const { code, stderr } = await program.end();
  expect(code).toBe(0);
  expect(stderr).toMatch(/^WORKER \d+: /m);
});

it.each([
  ['an argument is checked', 'Buffer.alloc(2 ** 54)', true],
  ['an argument is refused', 'Buffer.from(undefined)', true],
  ['there is no memory', 'Buffer.alloc(2 ** 42)', true],
  // Its line is that of the program, which Node alone knows.
  [
    'the program itself throws',
    "Buffer.from({ valueOf() { throw new TypeError('mine'); } })",
    false,
  ],
])(
  'has the line of Node that threw, and none of ours, where a buffer is made and %s',
  async (_where, fails, hasOwnLine) => {
    const source = `process.stdin.once('data', () => ${fails})`;
    const ended = [];
    for (const args of [['--eval', source], observed(['--eval', source])]) {
      await using thrower = new Program(['--disable-warning=ExperimentalWarning', ...args]);
      if (args.length > 2) await thrower.url();
      thrower.write('now');
      ended.push(await thrower.ended);
    }
    const [plain, seen] = ended.map(({ stderr }) => stderr.replace(/^pprofql: .*\n/, ''));
    expect(seen).toBe(hasOwnLine ? plain : withoutLine(plain!));
  },
);
