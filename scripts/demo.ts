/**
 * The demo: a small web shop with customers of its own and a few honest bugs, one a file. Start it
 * under pprofql (`npm start`) and find them: what leaks, what allocates, what hangs, what blocks.
 */
import type { AddressInfo } from 'node:net';
import { rebuildSearchIndexRegularly } from './demo/catalog.ts';
import { refreshExchangeRatesRegularly } from './demo/exchange-rates.ts';
import { sendCustomers } from './demo/load.ts';
import { consumeOrders } from './demo/order-queue.ts';
import { createShop } from './demo/shop.ts';

const port = Number(process.env.PORT ?? 0);

const shop = createShop();
shop.listen(port, '127.0.0.1', () => {
  const { port: boundPort } = shop.address() as AddressInfo;
  const url = `http://127.0.0.1:${boundPort}`;
  console.log(`demo shop with its own customers: ${url}/products/1`);
  sendCustomers(url);
});

void consumeOrders();
refreshExchangeRatesRegularly();
rebuildSearchIndexRegularly();
