/** GraphQL clients that nobody here wrote, with their defaults. */

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { cacheExchange, fetchExchange, Client as UrqlClient } from '@urql/core';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { auditServer } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { DiagnosticsError } from '../base/errors.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { send } from './testing/raw-http.ts';
import { serve } from './testing/serve.ts';

const PID = '{ process { pid } }';
const access = { token: 'sesame', hosts: 'loopback' as const, allowedHosts: [] };

/** What reached the server, in the order in which it did. */
function recordingFetch() {
  const asked: { method: string; accept: string }[] = [];
  const answered: string[] = [];
  const recorded: typeof fetch = async (input, init) => {
    const { method, headers } = new Request(input, init);
    asked.push({ method, accept: headers.get('accept') ?? '' });
    const response = await fetch(input, init);
    answered.push(`${response.status} ${response.headers.get('content-type')}`);
    return response;
  };
  return { asked, answered, fetch: recorded };
}

describe('urql with its defaults', () => {
  const clientOf = (
    url: string,
    options: Partial<ConstructorParameters<typeof UrqlClient>[0]> = {},
  ) => new UrqlClient({ url, exchanges: [cacheExchange, fetchExchange], ...options });

  it('reads a query by GET, as JSON', async () => {
    const { graphqlUrl } = await serve();
    const { asked, answered, fetch } = recordingFetch();
    const { data, error } = await clientOf(graphqlUrl, { fetch }).query(PID, {});
    expect(error).toBeUndefined();
    expect(data).toEqual({ process: expect.objectContaining({ pid: 42 }) });
    expect(asked).toEqual([
      { method: 'GET', accept: expect.stringContaining('text/event-stream') },
    ]);
    expect(answered).toEqual(['200 application/graphql-response+json; charset=utf-8']);
  });

  it('is told by code and words what is wrong', async () => {
    const diagnostics = fakeDiagnostics({
      pprof: async () => {
        throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'It is busy.');
      },
    });
    const { graphqlUrl } = await serve({ diagnostics, access });
    const withToken = { headers: { authorization: 'Bearer sesame' } };
    const failed = await clientOf(graphqlUrl, { fetchOptions: withToken }).query(
      '{ pprof { timestamp } }',
      {},
    );
    expect(failed.error?.graphQLErrors).toMatchObject([
      { message: 'It is busy.', extensions: { code: 'PROCESS_NOT_RESPONDING' } },
    ]);
    const refused = await clientOf(graphqlUrl).query(PID, {});
    expect(refused.error?.graphQLErrors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });

  it('subscribes by events', async () => {
    const diagnostics = fakeDiagnostics();
    const { graphqlUrl } = await serve({ diagnostics });
    const client = clientOf(graphqlUrl, { fetchSubscriptions: true });
    const first = Promise.withResolvers<unknown>();
    const { unsubscribe } = client
      .subscription('subscription { metricsHistory { sequence } }', {})
      .subscribe(first.resolve);
    expect(await first.promise).toMatchObject({
      data: { metricsHistory: [{ sequence: 1 }, { sequence: 2 }] },
    });
    unsubscribe();
  });
});

describe('Apollo with its defaults', () => {
  it.each([false, true])('reads a query (by GET: %s)', async (useGETForQueries) => {
    const { graphqlUrl } = await serve();
    const { asked, fetch } = recordingFetch();
    const client = new ApolloClient({
      link: new HttpLink({ uri: graphqlUrl, useGETForQueries, fetch }),
      cache: new InMemoryCache(),
    });
    const { data } = await client.query({ query: gql(PID) });
    expect(data).toMatchObject({ process: { pid: 42 } });
    expect(asked.map(({ method }) => method)).toEqual([useGETForQueries ? 'GET' : 'POST']);
    client.stop();
  });
});

it('passes every audit of GraphQL over HTTP', async () => {
  const { graphqlUrl } = await serve();
  const results = await auditServer({ url: graphqlUrl });
  const failed = results.filter(({ status }) => status !== 'ok');
  expect(failed.map(({ name }) => name)).toEqual([]);
  expect(results.length).toBeGreaterThan(50);
});

it('gives its schema to tools that read it by a client: first what introspection can do, then all', async () => {
  const { graphqlUrl } = await serve();
  const { asked, fetch } = recordingFetch();
  const client = new UrqlClient({ url: graphqlUrl, exchanges: [fetchExchange], fetch });
  const abilities = await client.query('{ type: __type(name: "__Type") { fields { name } } }', {});
  expect(abilities.error).toBeUndefined();
  const { data, error } = await client.query<IntrospectionQuery>(getIntrospectionQuery(), {});
  expect(error).toBeUndefined();
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
  const read = buildClientSchema(data!);
  expect(Object.keys(read.getTypeMap()).sort()).toEqual(Object.keys(schema.getTypeMap()).sort());
});

describe('the media type of an answer', () => {
  const EVENTS = 'text/event-stream; charset=utf-8';
  const JSON_TYPE = 'application/json; charset=utf-8';
  const RESPONSE_JSON = 'application/graphql-response+json; charset=utf-8';
  const body = JSON.stringify({ query: PID });

  it.each([
    ['application/json, text/event-stream', JSON_TYPE],
    ['text/event-stream, application/json', JSON_TYPE],
    ['text/event-stream, */*', JSON_TYPE],
    ['application/graphql-response+json, application/json, text/event-stream', RESPONSE_JSON],
    ['application/json, application/graphql-response+json', JSON_TYPE],
    ['application/graphql-response+json;q=0.5, application/json;q=0.9', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['text/event-stream', EVENTS],
    ['text/*', EVENTS],
    ['text/event-stream, application/json;q=0.9', EVENTS],
    ['text/event-stream, multipart/mixed', EVENTS],
    ['text/event-stream;q=0, application/json', JSON_TYPE],
  ])('to %s is %s, and so is that of a refusal', async (accept, contentType) => {
    const { graphqlUrl } = await serve({ access });
    const headers = { 'content-type': 'application/json', accept };
    const right = { ...headers, authorization: 'Bearer sesame' };
    const answer = await send(graphqlUrl, { method: 'POST', headers: right, body });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, contentType]);
    expect(answer.body).toContain('{"data":{"process":{"pid":42}}}');
    const refusal = await send(graphqlUrl, { method: 'POST', headers, body });
    expect([refusal.status, refusal.headers['content-type']]).toEqual([401, contentType]);
    expect(refusal.body).toContain('"code":"UNAUTHENTICATED"');
    expect(refusal.body.startsWith('event: next\ndata: ')).toBe(contentType === EVENTS);
  });

  it.each(['image/png', 'multipart/mixed', 'application/json;q=0'])(
    'cannot be %s, and nothing is run for it',
    async (accept) => {
      const asked: string[] = [];
      const { graphqlUrl } = await serve({
        diagnostics: fakeDiagnostics({
          process: async () => {
            asked.push('process');
            throw new Error('never asked');
          },
        }),
      });
      const headers = { 'content-type': 'application/json', accept };
      const answer = await send(graphqlUrl, { method: 'POST', headers, body });
      expect([answer.status, answer.headers['content-type']]).toEqual([406, JSON_TYPE]);
      expect(asked).toEqual([]);
    },
  );
});
