import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SOLD_OUT_PRODUCT } from './demo/stock-lock.ts';

const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));

describe('the demo shop', () => {
  let demo: ChildProcess;
  let lines: string[];
  let shopUrl: string;

  beforeEach(async () => {
    const env = { ...process.env, PORT: '0', NODE_OPTIONS: '' };
    demo = spawn(process.execPath, [DEMO], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    lines = [];
    const output = createInterface(demo.stdout!);
    output.on('line', (line) => lines.push(line));
    const [line] = await once(output, 'line');
    shopUrl = new URL(/http:\S+/.exec(line)![0]).origin;
  });

  afterEach(async () => {
    const hasEnded = once(demo, 'exit');
    demo.kill();
    await hasEnded;
  });

  it('serves every route, and says nothing but its URL', async () => {
    const get = async (path: string) => (await fetch(shopUrl + path)).json();
    const post = async (path: string) => (await fetch(shopUrl + path, { method: 'POST' })).json();

    expect(await get('/products/3')).toMatchObject({ id: 3 });
    expect(await get('/search/7')).toHaveLength(5);
    expect(await get('/report')).toMatch(/^4000 products/);
    expect(await post('/orders/1')).toEqual({ accepted: true });
    expect(await post('/checkout/2')).toEqual({ reserved: true });
    expect((await fetch(`${shopUrl}/nothing`)).status).toBe(404);
    expect(lines).toHaveLength(1);
  });

  it('has customers of its own, whose sessions it never forgets', async () => {
    let ownLogins = 0;
    const login = async () => {
      ownLogins++;
      return (await fetch(`${shopUrl}/login`, { method: 'POST' })).json();
    };
    const { sessions: sessionsBefore } = await login();
    const sessionsOfCustomers = async () => (await login()).sessions - sessionsBefore - ownLogins;
    await expect.poll(sessionsOfCustomers, { timeout: 20_000 }).toBeGreaterThan(2);
  });

  it('leaves whoever wants the sold-out product waiting, and nobody else', async () => {
    const checkout = (product: number, signal?: AbortSignal) =>
      fetch(`${shopUrl}/checkout/${product}`, { method: 'POST', signal });
    const leave = new AbortController();
    const stuck = Promise.allSettled([
      checkout(SOLD_OUT_PRODUCT, leave.signal),
      checkout(SOLD_OUT_PRODUCT, leave.signal),
    ]);

    for (const product of [1, 2, 3]) expect((await checkout(product)).ok).toBe(true);
    leave.abort();
    const ends = await stuck;
    expect(ends.some(({ status }) => status === 'rejected')).toBe(true);
  });
});
