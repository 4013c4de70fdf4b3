/** Steady requests to the shop given as argument, until the process that sent us is gone. */
import { Agent, request } from 'node:http';
import { SOLD_OUT_PRODUCT } from './stock-lock.ts';

const shopUrl = process.argv[2];
const agent = new Agent({ keepAlive: true });

/** More of them would teach nothing. */
const MOST_HANGING_CUSTOMERS = 30;
let hangingCustomers = 0;

let lastProduct = 0;
const anyProduct = () => (lastProduct = (lastProduct + 1) % SOLD_OUT_PRODUCT);

function visit(method: 'GET' | 'POST', path: string): void {
  request(`${shopUrl}${path}`, { method, agent }, (response) => response.resume())
    .on('error', () => {}) // The shop is gone; so are we in a moment.
    .end();
}

function wantWhatIsSoldOut(): void {
  if (hangingCustomers++ < MOST_HANGING_CUSTOMERS) visit('POST', `/checkout/${SOLD_OUT_PRODUCT}`);
}

function every(intervalMs: number, act: () => void): void {
  act();
  setInterval(act, intervalMs);
}

wantWhatIsSoldOut(); // Gets the lock; whoever comes next does not.
every(100, () => visit('GET', `/products/${anyProduct()}`));
every(165, () => visit('POST', '/login'));
every(400, () => visit('GET', '/report'));
every(500, () => visit('GET', `/search/${anyProduct()}`));
every(1_000, () => visit('POST', `/checkout/${anyProduct()}`));
every(5_000, () => visit('POST', `/orders/${anyProduct()}`));
every(12_000, wantWhatIsSoldOut);

process.on('disconnect', () => process.exit());
