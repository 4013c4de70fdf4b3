import { type GraphQLObjectType, getIntrospectionQuery, getNamedType, isObjectType } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { schema } from '../../schema/index.ts';
import { DiagnosticsError } from '../base/errors.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { serve } from './testing/serve.ts';
import {
  ALL_TRANSPORTS,
  type Answer,
  ask,
  httpPost,
  STREAMING_TRANSPORTS,
} from './testing/transports.ts';

const codes = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions?.code);
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (levels: number, field: string) =>
  `${`${field} { `.repeat(levels)}__typename${' }'.repeat(levels)}`;

/** Every field of a type, down to the leaves. */
function selectAll(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    return isObjectType(of) ? `${field.name} ${selectAll(of)}` : field.name;
  });
  return `{ ${fields.join(' ')} }`;
}

const SEQUENCES = 'subscription { metricsHistory { sequence } }';
const sequencesOf = ({ data }: Answer) =>
  (data!.metricsHistory as { sequence: number }[]).map(({ sequence }) => sequence);

describe.each(ALL_TRANSPORTS)('over $name', (transport) => {
  it('answers a query', async () => {
    const { graphqlUrl } = await serve();
    const answer = await ask(
      transport,
      graphqlUrl,
      'query ($raw: Boolean = true) { pprof { memory { alloc } } goroutines(raw: $raw) { rawProfile } }',
    );
    expect(answer).toEqual({
      data: {
        pprof: { memory: { alloc: 5e9 } },
        goroutines: { rawProfile: 'goroutine 1 [running]:' },
      },
    });
  });

  it.each([
    ['a syntax error', '{ pprof ', 'GRAPHQL_PARSE_FAILED'],
    ['an empty document', '', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a mutation, of which there are none', 'mutation { a }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'operations to choose from',
      'query A { __typename } query B { __typename }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['too many tokens', `{ ${repeat(9_000, () => 'a')} }`, 'LIMIT_EXCEEDED'],
    ['too deep a document', `{ ${nested(30, 'a')} }`, 'LIMIT_EXCEEDED'],
    ['too many aliases', `{ ${repeat(51, (n) => `a${n}: __typename`)} }`, 'LIMIT_EXCEEDED'],
    ['too many fields', `{ ${repeat(4_001, () => 'a')} }`, 'LIMIT_EXCEEDED'],
    ['one field too often', `{ ${repeat(251, () => '__typename')} }`, 'LIMIT_EXCEEDED'],
    [
      'fields multiplied by fragments',
      `{ ...F0 } ${repeat(12, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F12 on Query { __typename }`,
      'LIMIT_EXCEEDED',
    ],
  ])('refuses %s as the other transports do', async (_name, query, code) => {
    const { graphqlUrl } = await serve();
    const answer = await ask(transport, graphqlUrl, query);
    expect(new Set(codes(answer))).toEqual(new Set([code]));
    expect(answer).toEqual(await ask(httpPost, graphqlUrl, query));
  });

  it('says which variable has the wrong type', async () => {
    const { graphqlUrl } = await serve();
    const answer = await ask(transport, graphqlUrl, {
      query: 'query ($raw: Boolean!) { goroutines(raw: $raw) { totalGoroutines } }',
      variables: { raw: 5 },
    });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.message).toContain('$raw');
  });

  it('names the operation that is not in the document', async () => {
    const { graphqlUrl } = await serve();
    const answer = await ask(transport, graphqlUrl, {
      query: 'query A { __typename }',
      operationName: 'B',
    });
    expect(codes(answer)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });

  it('gives an expected failure its code and message', async () => {
    const { graphqlUrl, logged } = await serve({
      diagnostics: fakeDiagnostics({
        pprof: async () => {
          throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'It is busy.', { cause: 'secret' });
        },
      }),
    });
    const answer = await ask(transport, graphqlUrl, '{ pprof { timestamp } }');
    expect(answer.errors).toMatchObject([
      { message: 'It is busy.', path: ['pprof'], extensions: { code: 'PROCESS_NOT_RESPONDING' } },
    ]);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(logged).toEqual([]);
  });

  it('masks an unexpected failure, and logs it once however often it comes', async () => {
    const { graphqlUrl, logged } = await serve({
      diagnostics: fakeDiagnostics({
        pprof: async () => {
          throw new TypeError('secret');
        },
      }),
    });
    const answer = await ask(transport, graphqlUrl, '{ pprof { timestamp } }');
    expect(codes(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(codes(await ask(transport, graphqlUrl, '{ pprof { timestamp } }'))).toEqual(
      codes(answer),
    );
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(logged).toEqual([expect.stringContaining('TypeError: secret')]);
  });

  it('answers twenty aliases of everything there is in pprof', async () => {
    const { graphqlUrl } = await serve();
    const everything = selectAll(schema.getType('PprofData') as GraphQLObjectType);
    const query = `{ ${repeat(20, (n) => `p${n}: pprof ${everything}`)} }`;
    const answer = await ask(transport, graphqlUrl, query);
    expect(answer.errors).toBeUndefined();
    expect(Object.keys(answer.data ?? {})).toHaveLength(20);
  });

  it('answers the introspection query of GraphiQL', async () => {
    const { graphqlUrl } = await serve();
    const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true });
    const answer = await ask(transport, graphqlUrl, query);
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toHaveProperty('__schema.queryType.name', 'Query');
  });

  it('refuses introspection that nests into itself', async () => {
    const { graphqlUrl } = await serve();
    const query = `{ __schema { types { ${nested(3, 'fields { type')}${' }'.repeat(3)} } } }`;
    const answer = await ask(transport, graphqlUrl, query);
    expect(codes(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(answer.errors?.[0]?.message).toBe('Maximum introspection depth exceeded');
  });

  it('asks for the token, refuses a wrong one and takes the right one', async () => {
    const { graphqlUrl } = await serve({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    const query = '{ process { pid } }';
    const none = await ask(transport, graphqlUrl, query);
    expect(none.errors?.[0]?.message).toContain('A token is required');
    expect(codes(none)).toEqual(['UNAUTHENTICATED']);
    const wrong = await ask(transport, graphqlUrl, query, 'sesam');
    expect(wrong.errors?.[0]?.message).toBe('The token is wrong.');
    expect(codes(wrong)).toEqual(['UNAUTHENTICATED']);
    expect(await ask(transport, graphqlUrl, query, 'sesame')).toEqual({
      data: { process: { pid: 42 } },
    });
  });
});

describe.each(STREAMING_TRANSPORTS)('a subscription over $name', (transport) => {
  it('opens with the retained window and goes on point by point', async () => {
    const diagnostics = fakeDiagnostics();
    const { graphqlUrl } = await serve({ diagnostics });
    const events = transport.run(graphqlUrl, { query: SEQUENCES });
    expect(sequencesOf((await events.next()).value)).toEqual([1, 2]);
    diagnostics.tick();
    expect(sequencesOf((await events.next()).value)).toEqual([3]);
    await events.return(undefined);
  });

  it('resumes after the last point seen', async () => {
    const { graphqlUrl } = await serve();
    const operation = {
      query: 'subscription ($after: Int) { metricsHistory(after: $after) { sequence } }',
      variables: { after: 1 },
    };
    for await (const answer of transport.run(graphqlUrl, operation)) {
      expect(sequencesOf(answer)).toEqual([2]);
      break;
    }
  });

  it('ends at the source as soon as the client leaves', async () => {
    const diagnostics = fakeDiagnostics();
    const { graphqlUrl } = await serve({ diagnostics });
    const events = transport.run(graphqlUrl, { query: SEQUENCES });
    await events.next();
    expect(diagnostics.subscribers()).toBe(1);
    await events.return(undefined);
    // No further point comes, so only the disconnect can have ended it.
    await vi.waitFor(() => expect(diagnostics.subscribers()).toBe(0));
  });

  it('ends for the client and at the source when the server stops', async () => {
    const diagnostics = fakeDiagnostics();
    const { graphqlUrl, stop } = await serve({ diagnostics });
    const events = transport.run(graphqlUrl, { query: SEQUENCES });
    await events.next();
    const rest = events.next().catch(() => 'closed');
    await stop();
    await rest;
    expect(diagnostics.subscribers()).toBe(0);
  });

  it('reports a failure at the source with its code', async () => {
    const { graphqlUrl } = await serve({
      diagnostics: fakeDiagnostics({
        metricsHistory: () => {
          throw new DiagnosticsError('STOPPED', 'Diagnostics were stopped.');
        },
      }),
    });
    const answer = await ask(transport, graphqlUrl, SEQUENCES);
    expect(answer.errors).toMatchObject([
      { message: 'Diagnostics were stopped.', extensions: { code: 'STOPPED' } },
    ]);
  });

  it('reports a failure in the middle of the stream with its code', async () => {
    const { graphqlUrl, logged } = await serve({
      diagnostics: fakeDiagnostics({
        // biome-ignore lint/correctness/useYield: it fails before its first value
        async *metricsHistory() {
          throw new TypeError('secret');
        },
      }),
    });
    const answer = await ask(transport, graphqlUrl, SEQUENCES);
    expect(codes(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(logged).toEqual([expect.stringContaining('secret')]);
  });
});

it('refuses subscriptions that do not accept a stream', async () => {
  const { graphqlUrl } = await serve();
  expect(codes(await ask(httpPost, graphqlUrl, SEQUENCES))).toEqual(['BAD_REQUEST']);
});

it('gives WebSocket clients the close code of a failed login', async () => {
  const { graphqlUrl } = await serve({
    access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
  });
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  const code = await new Promise((resolve) => socket.on('close', resolve));
  expect(code).toBe(4401);
});
