import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRequestContext, routeOf } from './context.ts';
import type { RequestContext, RequestRecord } from './types.ts';

let requestContext: RequestContext;
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  requestContext = createRequestContext();
});

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  requestContext.stop();
});

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function send(port: number, options: http.RequestOptions = {}, body = ''): Promise<void> {
  const client = http.request({ host: '127.0.0.1', port, ...options });
  client.end(body);
  const [response] = (await once(client, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
}

describe('the request context', () => {
  it('is the request’s own through awaits and timers, and nobody’s outside', async () => {
    const seen: (RequestRecord | undefined)[] = [];
    const port = await serve(async (_request, response) => {
      seen.push(requestContext.current());
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(requestContext.current());
      response.end();
    });
    await send(port, { path: '/a/1?secret=2', method: 'PUT' });
    expect(seen[0]).toMatchObject({ method: 'PUT' });
    expect(seen[1]).toBe(seen[0]);
    expect(requestContext.current()).toBeUndefined();
  });

  it('is a new one for each request of a kept-alive connection', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    cleanups.push(() => agent.destroy());
    const ids: (number | undefined)[] = [];
    const port = await serve((_request, response) => {
      ids.push(requestContext.current()?.id);
      response.end();
    });
    for (let index = 0; index < 3; index++) await send(port, { agent });
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(undefined);
  });

  it('reaches the listeners of a body that comes in many packets', async () => {
    let begun: RequestRecord | undefined;
    const during = new Set<RequestRecord | undefined>();
    const port = await serve((request, response) => {
      begun = requestContext.current();
      request.on('data', () => during.add(requestContext.current()));
      request.on('end', async () => {
        during.add(requestContext.current());
        await null;
        during.add(requestContext.current());
        response.end();
      });
    });
    await send(port, { method: 'POST' }, 'x'.repeat(4_000_000));
    expect(begun).toBeDefined();
    expect(during).toEqual(new Set([begun]));
  });

  it('is that of the body being read, not of the response being written, on a pipelined connection', async () => {
    const bodyOf = Promise.withResolvers<Set<string | undefined>>();
    const port = await serve((request, response) => {
      if (request.method === 'GET') return;
      const seen = new Set<string | undefined>();
      // Each packet is sent once the one before has been read: the parser gets them one by one.
      request.on('data', () => {
        seen.add(requestContext.current()?.url);
        client.write('.');
      });
      request.on('end', () => {
        seen.add(requestContext.current()?.url);
        response.end();
        bodyOf.resolve(seen);
      });
    });
    const client = net.connect(port, '127.0.0.1');
    cleanups.push(() => client.destroy());
    client.write('GET /unanswered HTTP/1.1\r\nHost: a\r\n\r\n');
    client.write('POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n.');
    expect(await bodyOf.promise).toEqual(new Set(['/body']));
  });

  it('finds the request of a body among others that began before and after', async () => {
    const bodies = new Map<string, Set<string | undefined>>();
    let ended = 0;
    const port = await serve((request, response) => {
      const seen = new Set<string | undefined>();
      bodies.set(request.url!, seen);
      request.on('data', () => seen.add(requestContext.current()?.url));
      request.on('end', () => {
        ended += 1;
        response.end();
      });
    });
    const clients = ['/a', '/b', '/c'].map((path) =>
      http.request({ host: '127.0.0.1', port, path, method: 'POST' }).on('error', () => {}),
    );
    const have = (count: number) => expect.poll(() => bodies.size).toBe(count);
    for (const [index, client] of clients.entries()) {
      client.write('first');
      await have(index + 1);
    }
    for (const client of clients.toReversed()) client.end('last');
    await expect.poll(() => ended).toBe(3);
    for (const [path, seen] of bodies) expect(seen).toEqual(new Set([path]));
  });

  it('knows when a request ended that tasks refer to, to the millisecond', async () => {
    requestContext.sampleWith(() => 0);
    let record: RequestRecord | undefined;
    let answeredAtMs = 0;
    const port = await serve((_request, response) => {
      record = requestContext.current()!;
      record.hasTasks = true;
      answeredAtMs = Date.now();
      response.end();
    });
    await send(port);
    await expect.poll(() => record?.endedAtMs).toBeGreaterThanOrEqual(answeredAtMs);
  });

  it('knows a request as in flight until its response is out', async () => {
    let inFlight = 0;
    const port = await serve((_request, response) => {
      inFlight = requestContext.inFlight();
      response.end();
    });
    await send(port);
    expect(inFlight).toBe(1);
    await expect.poll(() => requestContext.inFlight()).toBe(0);
  });

  it('lets a request beyond its limit pass, in nobody’s context', async () => {
    requestContext.stop();
    requestContext = createRequestContext({ maxRequests: 0 });
    let seen: unknown = 'nothing';
    const port = await serve((_request, response) => {
      seen = requestContext.current();
      response.end();
    });
    await send(port);
    expect(seen).toBeUndefined();
  });

  it('keeps its own errors from the host', async () => {
    requestContext.sampleWith(() => {
      throw new Error('no weight');
    });
    const errors: unknown[] = [];
    const remember = (error: unknown) => void errors.push(error);
    process.on('uncaughtException', remember);
    cleanups.push(() => process.off('uncaughtException', remember));
    let seen: unknown = 'nothing';
    const port = await serve((_request, response) => {
      seen = requestContext.current();
      response.end();
    });
    await send(port);
    expect(seen).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('hears of nothing after it stops', async () => {
    requestContext.stop();
    let seen: unknown = 'nothing';
    const port = await serve((_request, response) => {
      seen = requestContext.current();
      response.end();
    });
    await send(port);
    expect(seen).toBeUndefined();
  });
});

describe('the route', () => {
  it('is Express’ own pattern, mount path included, also after the end', async () => {
    const records: RequestRecord[] = [];
    const router = express.Router().get('/item/:name', (_request, response) => {
      const record = requestContext.current()!;
      record.hasTasks = true;
      records.push(record);
      response.end();
    });
    const port = await serve(express().use('/shop', router));
    await send(port, { path: '/shop/item/lamp?x=1' });
    await expect.poll(() => records[0]?.endedAtMs).not.toBeNull();
    expect(routeOf(records[0]!)).toBe('/shop/item/:name');
  });
});
