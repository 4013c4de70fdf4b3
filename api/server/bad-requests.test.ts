import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { send, upgrade } from './testing/raw-http.ts';
import { serve } from './testing/serve.ts';
import { ask, eventStream, httpPost, webSocket } from './testing/transports.ts';

const json = { 'content-type': 'application/json' };
const PID = '{ process { pid } }';
const PID_ANSWER = { data: { process: { pid: 42 } } };
const SUBSCRIBE = 'subscription { metricsHistory { sequence instanceId } }';
const codeOf = (text: string) => JSON.parse(text).errors[0].extensions.code;

describe('a request that is not GraphQL', () => {
  it.each([
    ['broken JSON', json, '{"query":', 400, 'BAD_REQUEST'],
    ['no body', json, '', 400, 'BAD_REQUEST'],
    ['no query', json, '{}', 200, 'BAD_REQUEST'],
    ['a query that is no text', json, '{"query":5}', 400, 'BAD_REQUEST'],
    ['variables that are no object', json, '{"query":"{a}","variables":[1]}', 400, 'BAD_REQUEST'],
    ['a batch', json, '[{"query":"{a}"}]', 400, 'BAD_REQUEST'],
    ['null', json, 'null', 400, 'BAD_REQUEST'],
    ['XML', { 'content-type': 'text/xml' }, '<a/>', 415, 'BAD_REQUEST'],
    ['a body too large', json, `{"query":"${'a'.repeat(70_000)}"}`, 413, 'LIMIT_EXCEEDED'],
    [
      'a body too large whose size is not announced',
      { ...json, 'transfer-encoding': 'chunked' },
      `{"query":"${'a'.repeat(700_000)}"}`,
      413,
      'LIMIT_EXCEEDED',
    ],
  ])('with %s gets a typed error', async (_name, headers, body, status, code) => {
    const { graphqlUrl } = await serve();
    const answer = await send(graphqlUrl, { method: 'POST', headers, body });
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
    expect(await ask(httpPost, graphqlUrl, PID)).toEqual(PID_ANSWER);
  });

  it('is told what is wrong with its text, which is not sent back', async () => {
    const { graphqlUrl, logged } = await serve();
    const broken = await send(graphqlUrl, { method: 'POST', headers: json, body: '{"secret' });
    expect(broken.body).not.toContain('secret');
    const url = `${graphqlUrl}?query=${encodeURIComponent(PID)}&variables=secret`;
    const byGet = await send(url);
    expect([byGet.status, codeOf(byGet.body)]).toEqual([400, 'BAD_REQUEST']);
    expect(byGet.body).toContain('The variables are not valid JSON.');
    expect(logged).toEqual([]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'query=%7B__typename%7D'],
    ['JSON that is said to be text', 'text/plain', JSON.stringify({ query: PID })],
    ['a bare document', 'application/graphql', '{ __typename }'],
  ])('is not understood as %s', async (_name, type, body) => {
    const { graphqlUrl } = await serve();
    const headers = { 'content-type': type };
    const answer = await send(graphqlUrl, { method: 'POST', headers, body });
    expect([answer.status, codeOf(answer.body)]).toEqual([415, 'BAD_REQUEST']);
  });

  it('with another method is told which ones there are', async () => {
    const { url, graphqlUrl } = await serve();
    for (const target of [url, graphqlUrl]) {
      const answer = await send(target, { method: 'PUT', headers: json });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toContain('GET');
    }
  });

  it.each(['//evil', '/%', '/%00', '/..%2f..%2fetc/passwd', '/\\..\\x', '/graphqlx', '/?', '*'])(
    'to the path %s is answered and survived',
    async (path) => {
      const { url, graphqlUrl, logged } = await serve();
      const { status } = await send(url, { path });
      expect([200, 308, 400, 404]).toContain(status);
      expect(await ask(httpPost, graphqlUrl, PID)).toEqual(PID_ANSWER);
      expect(logged).toEqual([]);
    },
  );

  it('that is not even HTTP is closed', async () => {
    const { port, graphqlUrl } = await serve();
    const socket = connect(port, '127.0.0.1');
    socket.write('\x16\x03\x01 not http\r\n\r\n');
    expect((await socket.toArray()).join('')).toContain('400 Bad Request');
    expect(await ask(httpPost, graphqlUrl, PID)).toEqual(PID_ANSWER);
  });
});

describe('a WebSocket', () => {
  const closeCode = async (url: string, messages: (string | Buffer)[]) => {
    const { socket } = await upgrade(url);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.removeAllListeners('error').on('error', () => {});
    for (const message of messages) {
      const answered = new Promise((resolve) => socket.once('message', resolve));
      socket.send(message);
      if (message === init) await Promise.race([answered, closed]);
    }
    return closed;
  };
  const init = '{"type":"connection_init"}';
  const subscribe = (id: string, query = SUBSCRIBE) =>
    JSON.stringify({ id, type: 'subscribe', payload: { query } });

  it.each([
    ['broken JSON', ['{'], 4400],
    ['an unknown message', ['{"type":"what"}'], 4400],
    ['an operation without a query', [init, '{"id":"1","type":"subscribe","payload":{}}'], 4400],
    ['an operation before the login', [subscribe('1')], 4401],
    ['a second login', [init, init], 4429],
    ['the same id twice', [init, subscribe('1'), subscribe('1')], 4409],
    ['a message too large', [init, subscribe('1', 'a'.repeat(70_000))], 1009],
  ])('that sends %s is closed with the right code', async (_name, messages, code) => {
    const { graphqlUrl, logged } = await serve();
    expect(await closeCode(graphqlUrl, messages)).toBe(code);
    expect(await ask(webSocket, graphqlUrl, PID)).toEqual(PID_ANSWER);
    expect(logged).toEqual([]);
  });

  it('that sends a malformed frame is closed, and the server goes on', async () => {
    const { graphqlUrl, port } = await serve();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      [
        'GET /graphql HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'connection: upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
        'sec-websocket-protocol: graphql-transport-ws',
        '\r\n',
      ].join('\r\n'),
    );
    // Reserved bits set, unmasked: no client sends that.
    socket.write(Buffer.from([0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    expect((await socket.toArray()).join('')).toContain('101 Switching Protocols');
    expect(await ask(webSocket, graphqlUrl, PID)).toEqual(PID_ANSWER);
  });

  it('at another path is refused', async () => {
    const { url } = await serve();
    expect(await upgrade(`${url}other`)).toMatchObject({ status: 404 });
  });

  it('past the limit of connections is refused, and let in when there is room', async () => {
    const { graphqlUrl } = await serve({ limits: { sockets: 1 } });
    const { socket } = await upgrade(graphqlUrl);
    socket.send(init);
    await new Promise((resolve) => socket.once('message', resolve));
    expect(await upgrade(graphqlUrl)).toMatchObject({ status: 503 });
    socket.close();
    await vi.waitFor(async () => expect(await upgrade(graphqlUrl)).toMatchObject({ status: 101 }));
  });

  it('past the limit of operations gets a typed error for that one, and keeps the others', async () => {
    const diagnostics = fakeDiagnostics();
    const { graphqlUrl } = await serve({ diagnostics, limits: { operationsPerSocket: 2 } });
    const { socket } = await upgrade(graphqlUrl);
    const messages: { type: string; id?: string; payload?: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    const received = (type: string) => messages.filter((message) => message.type === type);
    socket.send(init);
    await vi.waitFor(() => expect(received('connection_ack')).toHaveLength(1));
    for (const id of ['1', '2', '3']) socket.send(subscribe(id));
    await vi.waitFor(() => expect(received('next')).toHaveLength(2));
    expect(received('error')).toMatchObject([
      { id: '3', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    ]);
    diagnostics.tick();
    await vi.waitFor(() => expect(received('next')).toHaveLength(4));
    socket.send('{"id":"1","type":"complete"}');
    await vi.waitFor(() => expect(diagnostics.subscribers()).toBe(1));
    socket.send(subscribe('4'));
    await vi.waitFor(() => expect(received('next').at(-1)?.id).toBe('4'));
  });
});

it('refuses an event stream past the limit, and takes one when there is room', async () => {
  const diagnostics = fakeDiagnostics();
  const { graphqlUrl } = await serve({ diagnostics, limits: { eventStreams: 1 } });
  const first = eventStream.run(graphqlUrl, { query: SUBSCRIBE });
  await first.next();
  const refused = await ask(eventStream, graphqlUrl, SUBSCRIBE);
  expect(refused.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  await vi.waitFor(() => expect(diagnostics.subscribers()).toBe(1));
  await first.return(undefined);
  await vi.waitFor(async () => {
    expect(await ask(eventStream, graphqlUrl, SUBSCRIBE)).toHaveProperty('data.metricsHistory');
  });
});

describe('a subscriber that stops reading', () => {
  const CHUNK = 'x'.repeat(64 * 1024);

  /** A source that always has more: only back-pressure can stop it. */
  function endlessSource() {
    let given = 0;
    const [point] = fakeDiagnostics().history();
    const diagnostics = fakeDiagnostics({
      async *metricsHistory({ signal }) {
        while (!signal?.aborted) {
          given += 1;
          yield [{ ...point!, instanceId: CHUNK, droppedBefore: 0 }];
          // An answer a turn at most, so that everybody else is served meanwhile.
          await nextTurn();
        }
      },
    });
    return { diagnostics, given: () => given };
  }

  /** While it is read, one answer is given in every few turns. */
  async function settled(given: () => number): Promise<void> {
    let before: number;
    do {
      before = given();
      for (let turn = 0; turn < 1_000; turn += 1) await nextTurn();
    } while (before === 0 || given() > before);
  }

  it('is not asked for on a WebSocket', async () => {
    const { diagnostics, given } = endlessSource();
    const { graphqlUrl } = await serve({ diagnostics });
    const { socket } = await upgrade(graphqlUrl);
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIBE } }));
    socket.pause();
    await settled(given);
    const stalledAt = given();
    socket.resume();
    await vi.waitFor(() => expect(given()).toBeGreaterThan(stalledAt));
    socket.terminate();
  });

  it('is not asked for on an event stream, and does not hold up the end of the server', async () => {
    const { diagnostics, given } = endlessSource();
    const { graphqlUrl, port, stop } = await serve({ diagnostics });
    const body = JSON.stringify({ query: SUBSCRIBE });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      [
        'POST /graphql HTTP/1.1',
        `host: ${new URL(graphqlUrl).host}`,
        'content-type: application/json',
        'accept: text/event-stream',
        `content-length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
    await settled(given);
    await stop();
    socket.destroy();
  });
});
