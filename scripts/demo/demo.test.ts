import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Program } from '../testing/program.ts';
import { SOLD_OUT_PRODUCT } from './stock-lock.ts';

const DEMO = fileURLToPath(new URL('../demo.ts', import.meta.url));

describe('the demo shop', () => {
  let demo: Program;
  let shopUrl: string;

  beforeEach(async () => {
    demo = new Program([DEMO], { env: { PORT: '0', NODE_OPTIONS: '' } });
    const [url] = await demo.printed(/http:\S+/);
    shopUrl = new URL(url).origin;
  });
  afterEach(() => demo.kill());

  it('serves every route, and says nothing but its URL', async () => {
    const get = async (path: string) => (await fetch(shopUrl + path)).json();
    const post = async (path: string) => (await fetch(shopUrl + path, { method: 'POST' })).json();

    expect(await get('/products/3')).toMatchObject({ id: 3 });
    expect(await get('/search/7')).toHaveLength(5);
    expect(await get('/report')).toMatch(/^4000 products/);
    expect(await post('/orders/1')).toEqual({ accepted: true });
    expect(await post('/checkout/2')).toEqual({ reserved: true });
    expect((await fetch(`${shopUrl}/nothing`)).status).toBe(404);
    expect(demo.stdout.match(/\n/g)).toHaveLength(1);
    expect(demo.stderr).toBe('');
  });

  it('has customers of its own, whose sessions it never forgets', async () => {
    let ownLogins = 0;
    const login = async () => {
      ownLogins++;
      return (await fetch(`${shopUrl}/login`, { method: 'POST' })).json();
    };
    const { sessions: sessionsBefore } = await login();
    const sessionsOfCustomers = async () => (await login()).sessions - sessionsBefore - ownLogins;
    await expect.poll(sessionsOfCustomers).toBeGreaterThan(2);
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
