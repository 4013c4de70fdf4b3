/** Real requests that wait in lists of callbacks, made in several of the ways that programs have. */
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../../base/errors.ts';
import { type RequestObserver, startRequestObserver } from '../observer.ts';
import { readHeldCallbacks } from './held-callbacks.ts';

type Callback = (error: Error | null, value?: unknown) => void;

const REQUESTS = 12;
const walk = {
  estimatedPauseMs: () => 0,
  run: <T>(work: () => T) => ({ found: work(), pauseMs: 1 }),
  runSoon: () => Promise.reject(new Error('not asked for')),
};

let observer: RequestObserver;
const cleanups: (() => void)[] = [];

beforeEach(() => {
  observer = startRequestObserver();
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  observer.stop();
});

/** Sends that many requests, all of which have reached the handler then. */
async function ask(handler: http.RequestListener, requests = REQUESTS): Promise<void> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  for (let sent = 0; sent < requests; sent += 1) {
    http.get({ host: '127.0.0.1', port, agent: false }).on('error', () => {});
  }
  await vi.waitFor(() => expect(observer.context.inFlight()).toBe(requests));
}

function read() {
  const { held, stacks } = readHeldCallbacks({ walk, requests: observer.context });
  if (held === null) return null;
  return {
    ...held,
    keeper: stacks[held.keeper]![0]!.function,
    waiter: stacks[held.waiter]!.map(({ function: name }) => name),
    worker: stacks[held.worker]?.[0]?.function ?? null,
  };
}

describe('the list in which callbacks of requests stand', () => {
  it('is found in an object that a module keeps', async () => {
    class Pool {
      waiting: Callback[] = [];
      getConnection(callback: Callback) {
        this.waiting.push(callback);
      }
    }
    const pool = new Pool();
    function findUser(id: string, done: Callback) {
      pool.getConnection((error, connection) => done(error, { id, connection }));
    }
    await ask((request, response) => findUser(request.url!, () => response.end()));
    expect(read()).toMatchObject({
      count: REQUESTS,
      name: 'waiting',
      keeper: 'Pool',
      isOfClass: true,
      waiter: expect.arrayContaining(['findUser']),
      worker: null,
    });
  });

  it('is found in a private field', async () => {
    class Gate {
      readonly #queue: (() => void)[] = [];
      enter(next: () => void) {
        this.#queue.push(next);
      }
    }
    const gate = new Gate();
    await ask((_request, response) => gate.enter(() => response.end()));
    expect(read()).toMatchObject({ count: REQUESTS, name: '#queue', keeper: 'Gate' });
  });

  it('is found in a map of lists', async () => {
    const byKey = new Map<string, (() => void)[]>([['ledger', []]]);
    await ask((_request, response) => byKey.get('ledger')!.push(() => response.end()));
    expect(read()).toMatchObject({ count: REQUESTS, name: 'byKey' });
  });

  it('is found where it is a map by id', async () => {
    const replies = new Map<number, { done: () => void; sentAt: number }>();
    await ask((_request, response) =>
      replies.set(replies.size, { done: () => response.end(), sentAt: 1 }),
    );
    expect(read()).toMatchObject({ count: REQUESTS, name: 'replies' });
  });

  it('is found as a chain of objects', async () => {
    interface Job {
      done: () => void;
      next: Job | null;
    }
    const queue: { head: Job | null } = { head: null };
    await ask((_request, response) => {
      queue.head = { done: () => response.end(), next: queue.head };
    });
    expect(read()).toMatchObject({ count: REQUESTS, name: 'head', worker: null });
  });

  it('is found where an agent of Node lets its callers wait', async () => {
    const upstream = net.createServer(() => {}).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const agent = new http.Agent({ maxSockets: 1 });
    cleanups.push(() => {
      agent.destroy();
      upstream.close();
    });
    const { port } = upstream.address() as AddressInfo;
    function fetchStock(done: () => void) {
      http.get({ host: '127.0.0.1', port, agent }, () => done()).on('error', () => {});
    }
    await ask((_request, response) => fetchStock(() => response.end()));
    expect(read()).toMatchObject({
      count: REQUESTS - 1,
      keeper: 'Agent',
      waiter: expect.arrayContaining(['fetchStock']),
    });
  });

  it('is found as the listeners of an event', async () => {
    const bus = new EventEmitter().setMaxListeners(0);
    await ask((_request, response) => bus.once('reply', () => response.end()));
    expect(read()).toMatchObject({ count: REQUESTS, name: 'reply' });
  });

  it('is found with bound functions in it', async () => {
    class Answer {
      readonly response: http.ServerResponse;
      constructor(response: http.ServerResponse) {
        this.response = response;
      }
      send() {
        this.response.end();
      }
    }
    const waiting: (() => void)[] = [];
    const wait = (next: () => void) => waiting.push(() => next());
    await ask((_request, response) => {
      const answer = new Answer(response);
      wait(answer.send.bind(answer));
    });
    expect(read()).toMatchObject({ count: REQUESTS, name: 'waiting' });
  });
});

describe('no list is found', () => {
  it('where something else than requests stands in it', async () => {
    const table = Array.from({ length: 100 }, (_, id) => ({ id, print: () => id }));
    const emitter = new EventEmitter();
    await ask((_request, response) => {
      if (table.length === 0) emitter.once('never', () => response.end());
    });
    expect(read()).toBeNull();
  });

  it('where few of the requests stand in it', async () => {
    const waiting: (() => void)[] = [];
    await ask((_request, response) => {
      if (waiting.length < 3) waiting.push(() => response.end());
    }, 30);
    expect(read()).toBeNull();
  });

  it('where nobody asks', () => {
    expect(read()).toBeNull();
  });
});

it('runs no code of the program', async () => {
  const touched: string[] = [];
  const waiting: (() => void)[] = [];
  const touchy = new Proxy({}, { get: () => touched.push('get'), ownKeys: () => [] });
  const settings = {
    touchy,
    get computed() {
      touched.push('computed');
      return waiting;
    },
  };
  await ask((_request, response) => waiting.push(() => response.end(String(settings.touchy))));
  expect(read()).toMatchObject({ count: REQUESTS });
  expect(touched).toEqual([]);
});

it('is refused where the pause budget is spent', async () => {
  const refusing = {
    ...walk,
    run: () => {
      throw new DiagnosticsError('PAUSE_BUDGET_SPENT', 'later');
    },
  };
  expect(() => readHeldCallbacks({ walk: refusing, requests: observer.context })).toThrow('later');
});
