/** Whole programs with pprofql preloaded: one that is well, and some that are not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type Finding,
  type Health,
} from '../../../client/index.ts';
import { observed, Program } from '../../../scripts/testing/program.ts';
import { ofProgram } from '../../../scripts/testing/program-health.ts';

/** A task is stuck after a minute, and a heap grows over two. */
const UNTIL_TOLD = { timeout: 280_000, interval: 1_000 };

const SERVER = `
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const kept = [];
function remember() {
  kept.push(Array.from({ length: 20_000 }, (_, index) => ({ index })));
}
const settings = new EventEmitter().setMaxListeners(0);
function follow() {
  const session = { rights: Array.from({ length: 3_000 }, (_, index) => ({ index })) };
  settings.on('change', () => { session.isStale = true; });
}
const waiting = [];
function answerNever() {
  return new Promise((resolve) => waiting.push(resolve));
}
function hold() {
  for (let turns = 0; turns % 1e7 !== 0 || !existsSync(process.argv[2]); turns++);
}
const server = createServer(async (request, response) => {
  if (request.url === '/stuck') await answerNever();
  if (request.url === '/leak') setInterval(remember, 1_000);
  if (request.url === '/listen') setInterval(follow, 100);
  if (request.url === '/block') setTimeout(hold, 100);
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log('server: http://127.0.0.1:' + server.address().port));
`;
const lineOf = (text: string) => SERVER.split('\n').findIndex((line) => line.includes(text)) + 1;

const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-health-'));
const PROGRAM = path.join(folder, 'server.mjs');
writeFileSync(PROGRAM, SERVER);
/** Ends what blocks the loop of the program. */
const RELEASE = path.join(folder, 'release');
afterAll(() => rmSync(folder, { recursive: true }));

/** What grows outside the heap, and who makes it grow in the fixture. */
const OUTSIDE = {
  FOLDER: fileURLToPath(new URL('../../../scripts/fixtures/outside', import.meta.url)),
  LEAKS: [
    ['EXTERNAL_MEMORY_GROWTH', 'renderImage'],
    ['NATIVE_MEMORY_GROWTH', 'openCompressor'],
    ['HANDLE_GROWTH', 'connectTo'],
    ['THREAD_GROWTH', 'runJob'],
  ],
  get KINDS() {
    return new Set<string>(this.LEAKS.map(([kind]) => kind));
  },
} as const;

/** A started program, and the clients that ask its pprofql. */
class Shop extends Program {
  readonly #clients: DiagnosticsClient[] = [];

  /** @param fixture in `scripts/fixtures/outside`. @default the server above */
  constructor(fixture?: string) {
    const program = fixture === undefined ? PROGRAM : path.join(OUTSIDE.FOLDER, fixture);
    super(observed([program, RELEASE]), { env: { PPROFQL_INTERVAL_MS: '1000' } });
  }

  async connect(transport: 'websocket' | 'sse' = 'websocket'): Promise<DiagnosticsClient> {
    const client = createDiagnosticsClient({ url: await this.url(), transport });
    this.#clients.push(client);
    return client;
  }

  async visit(path: string, signal?: AbortSignal): Promise<void> {
    const [, url] = await this.printed(/^server: (http\S+)/m);
    await fetch(url + path, { signal });
  }

  override async kill(): Promise<void> {
    for (const client of this.#clients) client.dispose();
    await super.kill();
  }
}

async function connected(shop: Shop): Promise<() => Promise<Health>> {
  const client = await shop.connect();
  return () => client.health();
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

describe.concurrent('the health', () => {
  it('of a program that works is good, and says what it is too early to tell', async () => {
    await using shop = new Shop();
    const client = await shop.connect();
    await vi.waitFor(async () => {
      expect(ofProgram(await client.health())).toMatchObject({
        status: 'HEALTHY',
        sentence: expect.stringMatching(/^Healthy so far; it is too early to tell whether .*\.$/),
        findings: [],
      });
    });
  });

  it('names the line that blocks the loop while it does, to those who ask and those who follow', async () => {
    await using shop = new Shop();
    const client = await shop.connect();
    // Its first question loads the API, which takes long on a busy machine.
    await vi.waitFor(() => client.health());
    const followers = await Promise.all(
      (['websocket', 'sse'] as const).map(async (transport) =>
        (await shop.connect(transport)).healthChanges(),
      ),
    );
    for (const changes of followers) {
      const { value } = await changes.next();
      expect(ofProgram(value!)).toMatchObject({ status: 'HEALTHY', findings: [] });
    }
    await shop.visit('/block');
    const told = await Promise.all(
      followers.map((changes) => nextWith(changes, ({ status }) => status === 'CRITICAL')),
    );
    const asked = await vi.waitFor(async () => {
      const health = await client.health();
      expect(health.status).toBe('CRITICAL');
      return health;
    });
    writeFileSync(RELEASE, '');
    for (const health of [...told, asked]) {
      const finding = ofKind(health, 'BLOCKED_LOOP');
      expect(finding.sentence).toMatch(
        /^Not answering for .* s: stuck in .*hold.*server\.mjs:\d+\)\.$/,
      );
      expect(finding.culprit).toMatchObject({ line: lineOf('turns % 1e7'), origin: 'OWN' });
      expect(finding.stack[0]).toMatchObject({ line: finding.culprit?.line, origin: 'OWN' });
      expect(finding.nextStep).not.toBe('');
      expect(finding.id).toBe(ofKind(told[0]!, 'BLOCKED_LOOP').id);
      expect(finding.since).toBe(ofKind(told[0]!, 'BLOCKED_LOOP').since);
    }
    for (const changes of followers) {
      await nextWith(changes, (health) => ofProgram(health).findings.length === 0);
    }
  });

  it('names who adds listeners that are never taken away, with nobody asking meanwhile', async () => {
    await using shop = new Shop();
    const client = await shop.connect();
    const changes = client.healthChanges();
    await shop.visit('/listen');
    const isToldOf = ({ findings }: Health) =>
      findings.some(({ kind }) => kind === 'LISTENER_GROWTH');
    const health = await nextWith(changes, isToldOf);
    await changes.return();
    const growth = ofKind(health, 'LISTENER_GROWTH');
    expect(growth.culprit).toMatchObject({
      function: expect.stringMatching(/follow$/),
      line: lineOf('settings.on('),
    });
    expect(growth.sentence).toMatch(
      /^\d+ 'change' listeners on one EventEmitter, ≈ [\d.]+ more a second, added in \S*follow \(.*server\.mjs:\d+\)/,
    );
    expect(growth.count).toBeGreaterThanOrEqual(50);
  });

  it('names the line of a request that never ends, and the line that fills the heap', async () => {
    await using shop = new Shop();
    const client = await shop.connect();
    const hung = new AbortController();
    shop.visit('/stuck', hung.signal).catch(() => {});
    await shop.visit('/leak');
    const stuck = await vi.waitFor(
      async () => ofKind(await client.health(), 'STUCK_REQUESTS'),
      UNTIL_TOLD,
    );
    expect(stuck).toMatchObject({
      severity: 'WARNING',
      routes: [{ route: 'GET /stuck', count: stuck.count }],
      culprit: {
        function: 'answerNever',
        path: expect.stringMatching(/server\.mjs$/),
        origin: 'OWN',
      },
    });
    expect(stuck.sentence).toMatch(
      /^1 request of GET \/stuck hangs in .*, for up to \d+ s, waiting for what answerNever \(.*server\.mjs:\d+\) has promised; this route has not answered yet\.$/,
    );
    const growth = await vi.waitFor(async () => {
      const found = ofKind(await client.health(), 'HEAP_GROWTH');
      // Without a line where a busy machine lets the heap be read too seldom.
      expect(found.culprit).toMatchObject({ function: 'remember', origin: 'OWN' });
      return found;
    }, UNTIL_TOLD);
    expect(growth.bytes).toBeGreaterThan(3e6);
    expect(growth.sentence).toMatch(
      /^Heap grew [\d.]+ MB in \d+ (?:s|min), ≈ \d+ % of it from remember \(.*server\.mjs:\d+\)\.$/,
    );
    hung.abort();
  });

  it('names the lines that make what grows outside the heap, and nobody where it stays in bounds', async () => {
    await using bounded = new Shop('stays-in-bounds.mjs');
    await using leaking = new Shop('leaks.mjs');
    const { LEAKS, KINDS } = OUTSIDE;
    const health = await connected(leaking);
    for (const [kind, name] of LEAKS) {
      const { severity, culprit } = await vi.waitFor(
        async () => ofKind(await health(), kind),
        UNTIL_TOLD,
      );
      expect({ severity, ...culprit }).toMatchObject({
        severity: 'WARNING',
        function: expect.stringMatching(new RegExp(`\\b${name}$`)),
        origin: 'OWN',
      });
    }
    const { findings } = await (await connected(bounded))();
    expect(findings.filter(({ kind }) => KINDS.has(kind))).toEqual([]);
  });
});
