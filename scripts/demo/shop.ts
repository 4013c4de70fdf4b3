/** The shop's HTTP server: a table of routes, each a line or two. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { loadProduct, searchProducts } from './catalog.ts';
import { sendConfirmationMail } from './confirmation-mail.ts';
import { priceIn } from './exchange-rates.ts';
import { placeOrder } from './order-queue.ts';
import { renderSalesReport } from './sales-report.ts';
import { rememberSession, sessionCount } from './session-cache.ts';
import { reserveStock } from './stock-lock.ts';

/** Gets the number in the path, 0 where there is none. */
type Handler = (id: number) => unknown;

const handlers: Readonly<Record<string, Handler>> = {
  'GET /products': async (id) => ({ ...(await loadProduct(id)), dollars: priceIn('USD', id) }),
  'GET /search': (id) => searchProducts(`product ${id}`),
  'GET /report': () => renderSalesReport(),
  'POST /login': () => ({ session: rememberSession().id, sessions: sessionCount() }),
  'POST /checkout': async (id) => ({ reserved: await reserveStock(id) }),
  'POST /orders': (id) => {
    void sendConfirmationMail(id);
    return { accepted: placeOrder(id) };
  },
};

export function createShop(): Server {
  return createServer((request, response) => void answer(request, response));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, resource = '', id = ''] = (request.url ?? '').split('/');
  const handler = handlers[`${request.method} /${resource}`];
  if (handler === undefined) {
    response.writeHead(404).end();
    return;
  }
  const result = await handler(Number(id) || 0);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(result));
}
