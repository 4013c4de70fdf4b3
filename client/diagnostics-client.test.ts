import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { DiagnosticsError } from '../api/base/errors.ts';
import { fakeDiagnostics } from '../api/server/testing/fake-diagnostics.ts';
import { GoroutinesDocument, type GoroutinesQuery } from './generated/graphql.ts';
import {
  type AllocationInfo,
  createDiagnosticsClient,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
  type GoroutineCategory,
  type Goroutines,
  type HistoryPoint,
} from './index.ts';
import { connect, observe } from './testing/fixtures.ts';

/** A server that is not pprofql. */
async function serveForeign(status: number, body: string): Promise<string> {
  const server = createServer((_req, res) => {
    res.writeHead(status, { 'content-type': 'text/html' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

type Group = Goroutines['groups'][number];

const unanswered = (asked: PromiseWithResolvers<void>) => () => {
  asked.resolve();
  return new Promise<never>(() => {});
};

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('the promise was fulfilled'),
    (error: unknown) => error,
  );
}

describe('the questions', () => {
  it('answers pprof with allocation tables', async () => {
    const { url } = await observe();
    const pprof = await connect({ url }).pprof();
    expect(pprof.memory.alloc).toBe(5e9);
    expect(pprof.topAllocations).toBeNull();
    expect(pprof.unavailable).toEqual([{ field: 'topAllocations', reason: 'a fake has none' }]);
    expectTypeOf(pprof.topAllocations).toEqualTypeOf<AllocationInfo[] | null>();
    expectTypeOf(pprof.memory.totalAlloc).toEqualTypeOf<number | null>();
    expectTypeOf(pprof.timestamp).toEqualTypeOf<string>();
  });

  it('leaves the heap sampler alone in pprof without allocations', async () => {
    const allocations = vi.fn(async () => null);
    const { url } = await observe({ points: 2, overrides: { allocations } });
    const pprof = await connect({ url }).pprof({ allocations: false });
    expect(pprof.history.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(pprof).not.toHaveProperty('topAllocations');
    expect(allocations).not.toHaveBeenCalled();
    expectTypeOf(pprof).not.toHaveProperty('topAllocations');
  });

  it('answers goroutines, with the raw dump on request', async () => {
    const client = connect(await observe());
    const goroutines = await client.goroutines();
    expect(goroutines.rawProfile).toBeNull();
    expect((await client.goroutines({ raw: true })).rawProfile).toMatch(/^goroutine 1/);
    expectTypeOf<Group['category']>().toEqualTypeOf<GoroutineCategory>();
    expectTypeOf<Group['oldestWaitMs']>().toEqualTypeOf<number | null>();
  });

  it('answers process and instrumentation', async () => {
    const client = connect(await observe());
    expect(await client.process()).toMatchObject({ pid: 42, title: 'app.js' });
    expect(await client.instrumentation()).toMatchObject({ enabled: true, dutyCycle: 1 });
  });

  it('answers a document of one’s own', async () => {
    const client = connect(await observe());
    const answer = await client.query<{ process: { pid: number } }>('{ process { pid } }', {});
    expect(answer).toEqual({ process: { pid: 42 } });
  });

  it('takes the types of an answer and of its variables from the document', async () => {
    const client = connect(await observe());
    const answer = await client.query(GoroutinesDocument, { raw: true });
    expect(answer.goroutines?.rawProfile).toMatch(/^goroutine 1/);
    expectTypeOf(answer).toEqualTypeOf<GoroutinesQuery>();
    // @ts-expect-error: `raw` is a Boolean
    expect(await rejection(client.query(GoroutinesDocument, { raw: 'yes' }))).toBeInstanceOf(
      DiagnosticsRequestError,
    );
  });

  it('asks again each time', async () => {
    const readProcess = vi.fn(async () => {
      throw new DiagnosticsError('STOPPED', 'stopped');
    });
    const client = connect(await observe({ overrides: { process: readProcess } }));
    await rejection(client.process());
    await rejection(client.process());
    expect(readProcess).toHaveBeenCalledTimes(2);
  });

  it('types history points down to the field', () => {
    expectTypeOf<HistoryPoint['eventLoopDelayP99Ms']>().toEqualTypeOf<number | null>();
    expectTypeOf<HistoryPoint>().not.toBeAny();
  });
});

describe('could not reach it', () => {
  it('says where nobody listens, and why', async () => {
    const { url, stop } = await observe();
    await stop();
    const error = await rejection(connect({ url }).pprof());
    expect(error).toBeInstanceOf(DiagnosticsUnreachableError);
    expect(error).toMatchObject({
      url: `${url}graphql`,
      message: expect.stringContaining('ECONNREFUSED'),
      cause: expect.any(Error),
    });
  });

  it('includes a gateway without a server behind it', async () => {
    const url = await serveForeign(502, '<h1>Bad Gateway</h1>');
    const error = await rejection(connect({ url }).pprof());
    expect(error).toBeInstanceOf(DiagnosticsUnreachableError);
  });
});

describe('it said no', () => {
  it('to a wrong token', async () => {
    const { url } = await observe({ token: 'right' });
    const error = await rejection(connect({ url, token: 'wrong' }).pprof());
    expect(error).toBeInstanceOf(DiagnosticsRequestError);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(await connect({ url, token: 'right' }).process()).toMatchObject({ pid: 42 });
  });

  it('to an unknown field', async () => {
    const client = connect(await observe());
    const error = await rejection(client.query('{ nonsense }', {}));
    expect(error).toBeInstanceOf(DiagnosticsRequestError);
    expect(error).toMatchObject({ message: expect.stringContaining('nonsense') });
  });

  it('for one field, with the data of the others in the error', async () => {
    const overrides = {
      allocations: async () => {
        throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'busy');
      },
    };
    const error = await rejection(connect(await observe({ overrides })).pprof());
    expect(error).toBeInstanceOf(DiagnosticsRequestError);
    expect(error).toMatchObject({
      code: 'PROCESS_NOT_RESPONDING',
      message: expect.stringContaining('busy'),
      path: ['pprof', expect.any(String)],
      data: { pprof: { memory: { alloc: 5e9 }, topAllocations: null } },
    });
    expect((error as DiagnosticsRequestError).errors.map(({ code }) => code)).toContain(
      'PROCESS_NOT_RESPONDING',
    );
  });

  it.each([
    [404, 'HTTP_404'],
    [401, 'UNAUTHENTICATED'],
    [200, 'BAD_RESPONSE'],
  ])('as a server of another kind, with HTTP %d', async (status, code) => {
    const url = await serveForeign(status, '<h1>Hello</h1>');
    const error = await rejection(connect({ url }).pprof());
    expect(error).toBeInstanceOf(DiagnosticsRequestError);
    expect(error).toMatchObject({ code, status, errors: [] });
    expect(
      await rejection(connect({ url, transport: 'sse' }).metricsHistory().next()),
    ).toMatchObject({ code });
  });
});

describe('ending', () => {
  it('rejects with the reason of the signal', async () => {
    const asked = Promise.withResolvers<void>();
    const client = connect(await observe({ overrides: { process: unanswered(asked) } }));
    const stop = new AbortController();
    const pending = rejection(client.process({ signal: stop.signal }));
    await asked.promise;
    stop.abort(new Error('enough'));
    expect(await pending).toEqual(new Error('enough'));
    expect(await rejection(client.process({ signal: stop.signal }))).toEqual(new Error('enough'));
  });

  it('does not take the answer from others who asked the same', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const readProcess = async () => {
      asked.resolve();
      await answer.promise;
      return fakeDiagnostics().process();
    };
    const client = connect(await observe({ overrides: { process: readProcess } }));
    const stop = new AbortController();
    const aborted = rejection(client.process({ signal: stop.signal }));
    const waiting = client.process();
    await asked.promise;
    stop.abort();
    await aborted;
    answer.resolve();
    expect(await waiting).toMatchObject({ pid: 42 });
  });

  it('rejects what is pending on dispose, and what comes after', async () => {
    const asked = Promise.withResolvers<void>();
    const client = connect(await observe({ overrides: { process: unanswered(asked) } }));
    const pending = rejection(client.process());
    await asked.promise;
    client.dispose();
    client.dispose();
    expect(await pending).toMatchObject({ name: 'AbortError' });
    expect(await rejection(client.pprof())).toMatchObject({ name: 'AbortError' });
  });

  it('is what Symbol.dispose and Symbol.asyncDispose do', async () => {
    const { url } = await observe();
    const one = connect({ url });
    one[Symbol.dispose]();
    expect(await rejection(one.pprof())).toMatchObject({ name: 'AbortError' });
    const other = connect({ url });
    await other[Symbol.asyncDispose]();
    expect(await rejection(other.pprof())).toMatchObject({ name: 'AbortError' });
  });
});

describe('options', () => {
  it('refuses what cannot work at once', () => {
    const url = 'http://127.0.0.1:6060/';
    expect(() => createDiagnosticsClient({ url: 'localhost:6060' })).toThrow(/url is "localhost/);
    expect(() => createDiagnosticsClient({ url, token: 'schlüssel' })).toThrow(
      /token is \(hidden\)/,
    );
  });

  it('takes a fetch of one’s own', async () => {
    const { url } = await observe();
    const fetch = vi.fn(globalThis.fetch);
    await connect({ url, fetch }).process();
    expect(fetch).toHaveBeenCalledOnce();
  });
});
