/** Whole programs with pprofql preloaded: one that is well, and some that are not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type Finding,
  type Health,
} from '../client/index.ts';

const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 50 };
/** A task is stuck after a minute, and a heap grows over two. */
const UNTIL_TOLD = { timeout: 280_000, interval: 1_000 };

const SERVER = `
import { createServer } from 'node:http';
const kept = [];
function remember() {
  kept.push(Array.from({ length: 20_000 }, (_, index) => ({ index })));
}
const waiting = [];
function answerNever() {
  return new Promise((resolve) => waiting.push(resolve));
}
function hold() {
  const endMs = Date.now() + 8_000;
  while (Date.now() < endMs);
}
const server = createServer(async (request, response) => {
  if (request.url === '/stuck') await answerNever();
  if (request.url === '/leak') setInterval(remember, 1_000);
  if (request.url === '/block') setTimeout(hold, 100);
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log('server: http://127.0.0.1:' + server.address().port));
`;
const lineOf = (text: string) => SERVER.split('\n').findIndex((line) => line.includes(text)) + 1;

const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-health-'));
const PROGRAM = path.join(folder, 'server.mjs');
writeFileSync(PROGRAM, SERVER);
afterAll(() => rmSync(folder, { recursive: true }));

interface Program {
  /** Of the program's own server. */
  url: string;
  diagnosticsUrl: string;
  client: DiagnosticsClient;
}

async function start(): Promise<Program> {
  const env = { ...process.env, PPROFQL_PORT: '0', PPROFQL_INTERVAL_MS: '1000' };
  const child: ChildProcess = spawn(process.execPath, ['--import', REGISTER, PROGRAM], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const note = (text: string) => {
    output += text;
  };
  child.stdout!.on('data', note);
  child.stderr!.on('data', note);
  const addressOf = (name: string) => new RegExp(`^${name}: (http\\S+)`, 'm').exec(output)?.[1];
  await vi.waitFor(
    () => expect(addressOf('pprofql') && addressOf('server')).toBeDefined(),
    PATIENCE,
  );
  const diagnosticsUrl = addressOf('pprofql')!;
  return { url: addressOf('server')!, diagnosticsUrl, client: connect(diagnosticsUrl) };
}

function connect(url: string, transport: 'websocket' | 'sse' = 'websocket'): DiagnosticsClient {
  const client = createDiagnosticsClient({ url, transport });
  onTestFinished(() => client.dispose());
  return client;
}

function ofKind({ findings }: Health, kind: Finding['kind']): Finding {
  const found = findings.find((finding) => finding.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} among ${JSON.stringify(findings)}`);
  return found;
}

async function nextWith(
  changes: AsyncIterator<Health, undefined>,
  isWanted: (health: Health) => boolean,
): Promise<Health> {
  for (;;) {
    const { value, done } = await changes.next();
    if (done) throw new Error('the subscription ended');
    if (isWanted(value)) return value;
  }
}

describe.concurrent('the health', { timeout: 300_000 }, () => {
  it('of a program that works is good, and says what it is too early to tell', async () => {
    const { client } = await start();
    await vi.waitFor(async () => {
      expect(await client.health()).toMatchObject({
        status: 'HEALTHY',
        sentence: expect.stringMatching(/^Healthy so far; it is too early to tell whether .*\.$/),
        findings: [],
      });
    }, PATIENCE);
  });

  it('names the line that blocks the loop while it does, to those who ask and those who follow', async () => {
    const { url, diagnosticsUrl, client } = await start();
    // Its first question loads the API, which takes long on a busy machine.
    await vi.waitFor(() => client.health(), PATIENCE);
    const followers = (['websocket', 'sse'] as const).map((transport) =>
      connect(diagnosticsUrl, transport).healthChanges(),
    );
    for (const changes of followers) {
      expect((await changes.next()).value).toMatchObject({ status: 'HEALTHY', findings: [] });
    }
    await fetch(`${url}/block`);
    const told = await Promise.all(
      followers.map((changes) => nextWith(changes, ({ status }) => status === 'CRITICAL')),
    );
    for (const health of [...told, await client.health()]) {
      const finding = ofKind(health, 'BLOCKED_LOOP');
      expect(finding.sentence).toMatch(
        /^Not answering for .* s: stuck in .*hold.*server\.mjs:\d+\)\.$/,
      );
      expect(finding.culprit).toMatchObject({ line: lineOf('while (Date'), origin: 'OWN' });
      expect(finding.stack[0]).toEqual(finding.culprit);
      expect(finding.nextStep).not.toBe('');
      expect(finding.id).toBe(ofKind(told[0]!, 'BLOCKED_LOOP').id);
      expect(finding.since).toBe(ofKind(told[0]!, 'BLOCKED_LOOP').since);
    }
    for (const changes of followers) {
      await nextWith(changes, ({ findings }) => findings.length === 0);
    }
  });

  it('names the line of a request that never ends, and the line that fills the heap', async () => {
    const { url, client } = await start();
    const hung = new AbortController();
    fetch(`${url}/stuck`, { signal: hung.signal }).catch(() => {});
    await fetch(`${url}/leak`);
    // Somebody looks at the heap now and later, which tells who grew.
    await vi.waitFor(() => client.pprof(), PATIENCE);
    const stuck = await vi.waitFor(
      async () => ofKind(await client.health(), 'STUCK_REQUESTS'),
      UNTIL_TOLD,
    );
    expect(stuck).toMatchObject({
      severity: 'WARNING',
      routes: [{ route: 'GET /stuck', count: stuck.count }],
      culprit: { path: expect.stringMatching(/server\.mjs$/), origin: 'OWN' },
    });
    expect(stuck.sentence).toMatch(/of running requests waiting, .* for up to \d+ s\.$/);
    await vi.waitFor(() => client.pprof(), PATIENCE);
    const growth = await vi.waitFor(
      async () => ofKind(await client.health(), 'HEAP_GROWTH'),
      UNTIL_TOLD,
    );
    expect(growth.bytes).toBeGreaterThan(20e6);
    expect(growth.culprit).toMatchObject({ line: lineOf('kept.push'), origin: 'OWN' });
    expect(growth.sentence).toMatch(
      /^Heap grew [\d.]+ MB in \d+ min, \d+ % of what grew is from .*server\.mjs:\d+\)\.$/,
    );
    hung.abort();
  });
});
