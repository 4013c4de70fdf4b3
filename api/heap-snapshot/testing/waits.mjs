// Functions that wait, of which it is known whether they can go on: `node waits.mjs FILE`. Those named stuck…
// never can; those named live… still can. Six of each.
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { Worker } from 'node:worker_threads';

const COUNT = 6;
const LONG_MS = 1e7;
/** The stacks of errors tell of promises that they were made in. */
const errors = [];
const never = new Promise(() => {
  errors.push(new Error('made here'));
});
/** Nothing but the promise of it is left. */
const abandoned = (async () => {
  await new Promise(() => {});
})();
const results = [];
const cache = new Map();
class Lock {
  waiters = [];
  acquire() {
    return new Promise((resolve) => this.waiters.push(resolve));
  }
}
class Pool {
  free = [];
  queue = [];
  async take() {
    return this.free.pop() ?? (await new Promise((resolve) => this.queue.push(resolve)));
  }
}
const lock = new Lock();
const pool = new Pool();
const emitter = new EventEmitter().setMaxListeners(0);
const storage = new AsyncLocalStorage();
const deferred = Promise.withResolvers();
const leaving = new AbortController();
const http = createServer(() => {});
const tcp = createTcpServer(() => {});
const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
worker.unref();
const weak = new Set();

async function* items() {
  await lock.acquire();
  yield 1;
}
class Job extends Promise {}

const functions = {
  async stuckOnForgottenResolve() {
    await never;
  },
  async stuckOnItself() {
    let finish;
    const promise = new Promise((resolve) => {
      finish = resolve;
    });
    cache.set({}, promise);
    await promise;
    finish();
  },
  async stuckOnLostListener() {
    const source = new EventEmitter();
    const promise = new Promise((resolve) => source.once('done', resolve));
    cache.set({}, promise);
    await promise;
    source.emit('done');
  },
  async stuckOnClearedTimer() {
    let timer;
    const promise = new Promise((resolve) => {
      timer = setTimeout(resolve, LONG_MS);
    });
    clearTimeout(timer);
    cache.set({}, promise);
    await promise;
  },
  async stuckInChain() {
    await functions.stuckOnForgottenResolve();
  },
  async stuckOnAll() {
    await Promise.all([never, abandoned]);
  },
  async stuckOnAbandoned() {
    await abandoned;
  },
  async stuckOnThen() {
    await never.then(() => 1);
  },
  async stuckOnRace() {
    await Promise.race([never, new Promise(() => {})]);
  },
  async liveLock() {
    await lock.acquire();
  },
  async livePool() {
    await pool.take();
  },
  async liveInChain() {
    await functions.liveLock();
  },
  async liveTimer() {
    await new Promise((resolve) => setTimeout(resolve, LONG_MS).unref());
  },
  async liveSleep() {
    await sleep(LONG_MS, null, { ref: false });
  },
  async liveEvent() {
    await once(emitter, 'change');
  },
  async liveDeferred() {
    await deferred.promise;
  },
  async liveAll() {
    await Promise.all([lock.acquire(), lock.acquire()]);
  },
  async liveAllButOne() {
    // It can still be rejected.
    await Promise.all([never, lock.acquire()]);
  },
  async liveRace() {
    await Promise.race([never, lock.acquire()]);
  },
  async liveAny() {
    await Promise.any([never, lock.acquire()]);
  },
  async liveThen() {
    await lock
      .acquire()
      .then(() => 1)
      .finally(() => {});
  },
  async liveSubclass() {
    await new Job((resolve) => lock.waiters.push(resolve));
  },
  async liveIterate() {
    for await (const item of items()) results.push(item);
  },
  async liveThenable() {
    // biome-ignore lint/suspicious/noThenProperty: it is one of the things that can be awaited
    await { then: (resolve) => lock.waiters.push(resolve) };
  },
  async liveStorage() {
    await storage.run(1, () => lock.acquire());
  },
  async liveArray() {
    await Array.fromAsync(items());
  },
  async liveAbort() {
    await new Promise((_, reject) => leaving.signal.addEventListener('abort', reject));
  },
  async liveStream() {
    const stream = new ReadableStream({ pull: () => lock.acquire() });
    await stream.getReader().read();
  },
  async liveFetch() {
    await fetch(`http://127.0.0.1:${http.address().port}/`);
  },
  async liveSocket() {
    const socket = connect(tcp.address().port, '127.0.0.1');
    await once(socket, 'data');
  },
  async liveWorker() {
    await once(worker, 'message');
  },
  async liveWeakly() {
    // What has the WeakRef can still get at it.
    const box = {};
    const promise = new Promise((resolve) => {
      box.resolve = resolve;
    });
    weak.add(new WeakRef(box));
    cache.set({}, promise);
    await promise;
    box.resolve();
  },
};

await Promise.all([
  once(http.listen(0, '127.0.0.1'), 'listening'),
  once(tcp.listen(0, '127.0.0.1'), 'listening'),
  once(worker, 'online'),
]);
worker.setMaxListeners(0);
for (const wait of Object.values(functions)) {
  for (let at = 0; at < COUNT; at++) results.push(wait());
}
await sleep(300);
globalThis.held = { errors, results, cache, weak, lock, pool, emitter, deferred, leaving, never };
console.log(JSON.stringify(Object.keys(functions)));
const [, , file] = process.argv;
if (file !== undefined) {
  writeHeapSnapshot(file);
  process.exit(0);
}
