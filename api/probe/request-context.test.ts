import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRequestContext,
  type RequestContext,
  type RequestRecord,
  routeOf,
} from './request-context.ts';

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
