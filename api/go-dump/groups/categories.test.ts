import { describe, expect, it } from 'vitest';
import { createCategorizer } from '../../analyzers/tasks/categories.ts';
import type { Task } from '../../analyzers/tasks/types.ts';
import { EXAMPLE_GATEWAY_RULES, GO_CATEGORY_RULES } from './categories.ts';

function verdict(functions: string[], rules = GO_CATEGORY_RULES) {
  const frames = functions.map((name) => ({ function: name, file: '', line: 0 }));
  const task: Task = {
    state: 'select',
    waitMs: null,
    weight: 1,
    frames,
    stackKind: 'WAITS',
    request: null,
    isRefed: null,
  };
  return createCategorizer(rules)(task).category;
}

const HANDLER = ['net/http.serverHandler.ServeHTTP', 'net/http.(*conn).serve'];
const READ = ['internal/poll.runtime_pollWait', 'net.(*conn).Read'];

describe("Go's own shapes", () => {
  it.each([
    ['a handler', ['main.pay', ...HANDLER]],
    ['a handler that reads', [...READ, 'main.pay', ...HANDLER]],
    ['a handler of HTTP/2', ['main.pay', 'net/http.(*http2serverConn).runHandler']],
    ['a handler that waits for another server', ['net/http.(*persistConn).roundTrip', ...HANDLER]],
    ['a handler that sleeps', ['time.Sleep', 'main.pay', ...HANDLER]],
    [
      'what a handler started',
      ['main.audit', 'created by main.pay', '[originating from]', ...HANDLER],
    ],
    ['a call of net/rpc', ['main.Add', 'net/rpc.(*service).call']],
  ])('take %s for a request', (_, functions) => {
    expect(verdict(functions)).toBe('PER_REQUEST');
  });

  it.each([
    ['an idle connection of a server', [...READ, 'bufio.(*Reader).Peek', 'net/http.(*conn).serve']],
    [
      'a connection that reads a request',
      [...READ, 'net/http.(*conn).readRequest', 'net/http.(*conn).serve'],
    ],
    ['the watch on a client', [...READ, 'net/http.(*connReader).backgroundRead']],
    ['a pooled connection, reading', [...READ, 'net/http.(*persistConn).readLoop']],
    ['a pooled connection, writing', ['net/http.(*persistConn).writeLoop']],
    ['a listener', ['net.(*TCPListener).Accept', 'net/http.(*Server).Serve', 'main.main']],
    [
      'the pool of database/sql',
      ['database/sql.(*DB).connectionOpener', 'created by database/sql.OpenDB'],
    ],
    ['the wait for signals', ['os/signal.signal_recv', 'os/signal.loop']],
    ['a finalizer', ['main.close', 'runtime.runfinq']],
    ['a worker of the collector', ['runtime.gcBgMarkWorker']],
    ['a sleeping loop', ['time.Sleep', 'main.poll', 'created by main.main']],
    ['a worker by its name', ['main.(*Pool).requestWorker', 'created by main.main']],
    ['a loop by its name', ['main.(*Gateway).monitorLoop.func1']],
  ])('take %s for background', (_, functions) => {
    expect(verdict(functions)).toBe('BACKGROUND');
  });

  it.each([
    ['a plain wait', ['main.load', 'created by main.main']],
    ['a client that waits for an answer', ['net/http.(*persistConn).roundTrip', 'main.fetch']],
    ['what a worker started', ['main.send', 'created by main.(*Pool).requestWorker']],
    ['a name that only contains a word', ['main.loopback', 'main.workerless']],
    ["another package's server", ['example.com/net/http.(*conn).serve']],
  ])('leave %s unknown', (_, functions) => {
    expect(verdict(functions)).toBe('UNKNOWN');
  });
});

describe('the example rules of a gateway', () => {
  it('find a hook that waits in the poller a request, although the poller is in the list of background', () => {
    expect(verdict([...READ, 'main.(*logPlugin).PreLLMHook'], EXAMPLE_GATEWAY_RULES)).toBe(
      'PER_REQUEST',
    );
  });

  it('know the workers of the gateway', () => {
    expect(verdict(['main.(*Gateway).cleanupOldTraces'], EXAMPLE_GATEWAY_RULES)).toBe('BACKGROUND');
  });
});
