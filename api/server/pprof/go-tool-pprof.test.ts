/** What the real `go tool pprof` makes of a real process, where Go is installed. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Profile as OtherProfile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnosticsHandler } from '../../handler.ts';
import { decodeProfile } from '../../profile/decode/decode.ts';
import { type Profile, sampleTypeIndex } from '../../profile/profile.ts';

const run = promisify(execFile);

const TOKEN = 'sesame';
const BASE = '/mounted';
const LEAKED_BYTES = 16 * 1024 * 1024;
const LEAK_SHARE = 0.5;
const COUNTS_ALLOCATIONS = Number.parseInt(process.versions.node, 10) >= 26;
/** Windows tells no more of a sample than its stack. */
const HAS_ROUTES = process.platform !== 'win32';

function hasGo(): boolean {
  try {
    execFileSync('go', ['tool', '-n', 'pprof'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const leaked: unknown[] = [];
const forgotten = Promise.withResolvers<void>();

function leakArrays(): void {
  const slots = 1_000;
  for (let bytes = 0; bytes < LEAKED_BYTES; bytes += slots * 8) leaked.push(new Array(slots));
}

const KEPT_BUFFER_BYTES = 16 * 1024 * 1024;
const buffers: Buffer[] = [];

function keepBuffers(): void {
  const bytes = 64 * 1024;
  for (let left = KEPT_BUFFER_BYTES; left > 0; left -= bytes) buffers.push(Buffer.alloc(bytes));
}

async function waitForever(): Promise<void> {
  await forgotten.promise;
}

async function waitAsWell(): Promise<void> {
  await forgotten.promise;
}

function burnCpu(): void {
  const endsAtMs = performance.now() + 20;
  for (let turns = 0; performance.now() < endsAtMs; turns++) Math.sqrt(turns);
}

const handler = createDiagnosticsHandler({
  basePath: BASE,
  token: TOKEN,
  // Every request shall read the heap anew, and every task be recorded.
  pauseBudgetPercent: 100,
  overheadBudgetPercent: 100,
});
const server = createServer((request, response) => {
  if (request.url !== '/burn') return handler(request, response);
  burnCpu();
  response.end();
});
const folder = mkdtempSync(join(tmpdir(), 'pprofql-go-'));
let origin = '';
let waiting: Promise<void>[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `127.0.0.1:${(server.address() as AddressInfo).port}${BASE}/debug/pprof`;
  leakArrays();
  keepBuffers();
  waiting = Array.from({ length: 7 }, waitForever);
});

afterAll(async () => {
  forgotten.resolve();
  await Promise.all(waiting);
  await handler.stop();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function fetchBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`http://${origin}/${name}`, { headers });
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

const fetchProfile = async (name: string) => decodeProfile(await fetchBytes(name));

/** One request after the other until the signal fires. */
async function requestBurning(signal: AbortSignal): Promise<void> {
  const { host } = new URL(`http://${origin}`);
  while (!signal.aborted) await (await fetch(`http://${host}/burn`)).text();
}

async function goToolPprof(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('go', ['tool', 'pprof', ...args], {
    env: { ...process.env, HOME: folder, PPROF_TMPDIR: folder },
  });
  return stdout + stderr;
}

const withToken = (path: string) => `http://:${TOKEN}@${origin}/${path}`;

const HEAP_FORMS = COUNTS_ALLOCATIONS ? ['heap', 'allocs'] : ['heap'];

describe.runIf(hasGo())('go tool pprof', () => {
  it.each(HEAP_FORMS)('shows who holds the memory, from %s', async (name) => {
    const table = await goToolPprof(
      '-top',
      '-unit=MB',
      '-sample_index=inuse_space',
      withToken(name),
    );
    const row = /^\s*(?<flat>[\d.]+)MB\s.*\sleakArrays$/m.exec(table);
    expect(Number(row?.groups?.flat)).toBeGreaterThan((LEAKED_BYTES * LEAK_SHARE) / 1024 ** 2);
    expect(table).not.toMatch(/symboliz|Main binary filename not available/i);
  });

  it('shows first what Go would show first', async () => {
    expect(await goToolPprof('-top', withToken('heap'))).toContain('Type: inuse_space');
    if (COUNTS_ALLOCATIONS) {
      expect(await goToolPprof('-top', withToken('allocs'))).toContain('Type: alloc_space');
    }
  });

  it('shows who keeps buffers outside the heap, by the line of the call', async () => {
    const table = await goToolPprof(
      '-top',
      '-lines',
      '-unit=MB',
      '-sample_index=external_space',
      withToken('heap'),
    );
    const row = /^\s*(?<flat>[\d.]+)MB\s.*\skeepBuffers \S+\.test\.ts:\d+$/m.exec(table);
    const share = (Number(row?.groups?.flat) * 1024 ** 2) / KEPT_BUFFER_BYTES;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(1.4);
  });

  it('shows places by address and by line, with a file for every one', async () => {
    const file = join(folder, 'heap.pb.gz');
    await goToolPprof('-proto', '-output', file, withToken('heap'));
    const [addresses, lines] = await Promise.all([
      goToolPprof('-top', '-addresses', file),
      goToolPprof('-top', '-lines', '-nodecount=1000', file),
    ]);
    expect(addresses).toMatch(/\s[0-9a-f]{4,16} leakArrays \S+\.ts:\d+$/m);
    expect(lines).toMatch(/\sleakArrays \S+\.ts:\d+$/m);
    expect(lines).not.toMatch(/\s:0$/m);
  });

  it('counts the tasks of a stack, and tells them apart by label', async () => {
    const traces = await goToolPprof('-traces', withToken('goroutine'));
    expect(traces).toMatch(/state:\s+await\n.*\n?\s+7\s+waitForever/);
  });

  it('shows what burns the CPU, and for which route', async () => {
    const burning = new AbortController();
    const burnt = requestBurning(burning.signal);
    const file = join(folder, 'cpu.pb.gz');
    await goToolPprof('-proto', '-output', file, withToken('profile?seconds=2'));
    burning.abort();
    await burnt;
    const [table, tags] = await Promise.all([
      goToolPprof('-top', '-cum', file),
      goToolPprof('-tags', file),
    ]);
    expect(table).toMatch(/\sburnCpu$/m);
    expect(table).toMatch(/Duration: \d/);
    if (HAS_ROUTES) expect(tags).toContain('GET /burn');
  });

  it('shows a delta with its duration', async () => {
    const table = await goToolPprof('-top', withToken('heap?seconds=1'));
    expect(table).toMatch(/Duration: \d/);
  });

  it('tells its user why there is no profile', async () => {
    await expect(goToolPprof('-top', withToken('goroutine?seconds=0'))).rejects.toMatchObject({
      stderr: expect.stringContaining('must be a positive integer'),
    });
  });

  it('shows how the tasks changed', async () => {
    const growing = setInterval(() => waiting.push(waitAsWell()), 50);
    const traces = await goToolPprof('-traces', withToken('goroutine?seconds=1'));
    clearInterval(growing);
    expect(traces).toMatch(/\s[1-9]\d*\s+waitAsWell/);
    expect(traces).toMatch(/Duration: \d/);
  });

  it.each(['heap?debug=1', 'goroutine?debug=1'])(
    'finds the names for the text of %s',
    async (name) => {
      const table = await goToolPprof('-top', withToken(name));
      expect(table).toMatch(name.startsWith('heap') ? /\sleakArrays$/m : /\swaitForever$/m);
    },
  );
});

describe('a scraper', () => {
  it.runIf(COUNTS_ALLOCATIONS)('sees alloc_* values only grow', async () => {
    const before = await fetchProfile('allocs');
    leakArrays();
    const after = await fetchProfile('allocs?seconds=1');
    const later = await fetchProfile('allocs');
    expect(total(later, 'alloc_space')).toBeGreaterThanOrEqual(total(before, 'alloc_space'));
    expect(after.durationMs).toBeGreaterThan(0);
    const laterBytes = byStack(later, 'alloc_space');
    for (const [stack, bytes] of byStack(before, 'alloc_space')) {
      expect(bytesOf(stack, laterBytes), stack).toBeGreaterThanOrEqual(bytes);
    }
  });

  it.each(['heap', 'goroutine'])(
    'tells the stacks of %s apart by their addresses',
    async (name) => {
      const { sample, location } = OtherProfile.decode(gunzipSync(await fetchBytes(name)));
      const addresses = new Map(location.map(({ id, address }) => [id, Number(address)]));
      expect(Math.min(...addresses.values())).toBeGreaterThan(0);
      const stacksBy = (key: (id: number | bigint) => unknown) =>
        new Set(sample.map(({ locationId }) => locationId.map(key).join()));
      expect(stacksBy((id) => addresses.get(id)).size).toBe(stacksBy((id) => id).size);
    },
  );

  it('finds the leak and the tasks by decoding', async () => {
    const heap = await fetchProfile('heap');
    const leak = [...byStack(heap, 'inuse_space')].find(([stack]) => stack.includes('leakArrays'));
    expect(leak?.[1]).toBeGreaterThan(LEAKED_BYTES * LEAK_SHARE);
    const tasks = [...byStack(await fetchProfile('goroutine'), 'goroutine')];
    expect(tasks.find(([stack]) => stack.startsWith('waitForever'))?.[1]).toBe(7);
  });
});

function total(profile: Profile, type: string): number {
  return [...byStack(profile, type).values()].reduce((sum, value) => sum + value, 0);
}

/** V8 no longer names a function whose script was collected, as that of a module which has run. */
const FORGOTTEN = '(anonymous) :0';

/** What the stack has now, also where V8 has forgotten some of its functions since. */
function bytesOf(stack: string, sums: ReadonlyMap<string, number>): number {
  const frames = stack.split('\n');
  let sum = 0;
  for (const [other, bytes] of sums) {
    const others = other.split('\n');
    const isSame =
      others.length === frames.length &&
      others.every((frame, depth) => frame === frames[depth] || frame === FORGOTTEN);
    if (isSame) sum += bytes;
  }
  return sum;
}

/** Values by the functions of their stack, top frame first. */
function byStack(profile: Profile, type: string): Map<string, number> {
  const index = sampleTypeIndex(profile, type);
  const sums = new Map<string, number>();
  for (const { stack, values } of profile.samples) {
    const key = Array.from(stack, (frame) => {
      const { function: name, file, line } = profile.frames[frame]!;
      return `${name} ${file}:${line}`;
    }).join('\n');
    sums.set(key, (sums.get(key) ?? 0) + values[index]!);
  }
  return sums;
}
