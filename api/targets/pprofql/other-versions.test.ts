import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import type { Decoder } from '../decoding/decoder.ts';
import { createTargetHttp } from '../remote/http.ts';
import { createPprofqlSource } from './source.ts';
import {
  ANSWERS_OF_0_1_0,
  type OtherVersionOptions,
  SCHEMA_OF_0_1_0,
  schemaWithout,
  serveOtherVersion,
} from './testing/other-version.ts';

const decoder: Decoder = { run: () => Promise.reject(new Error('not asked for')), stop() {} };
const CURRENT_SCHEMA = readFileSync(
  new URL('../../../schema/schema.graphql', import.meta.url),
  'utf8',
);
const VERSION_REASON = 'this target runs a version of pprofql that does not tell it';

async function watch(options?: OtherVersionOptions) {
  const target = await serveOtherVersion(options);
  const lifetime = new AbortController();
  onTestFinished(() => lifetime.abort());
  const address = { name: 'shop', url: target.url, token: null, lifetime: lifetime.signal };
  const source = createPprofqlSource({ name: 'shop', http: createTargetHttp(address), decoder });
  return { ...target, source, read: () => source.read({ closeInterval: false }) };
}

it('reads the figures of 0.1.0, and says what that does not tell', async () => {
  const { source, read } = await watch();
  expect(await source.isThere()).toBe(true);
  const { figures, process, heapObjectsAtMs, unavailable } = await read();
  expect(figures.memory).toMatchObject({
    heapUsedBytes: ANSWERS_OF_0_1_0.pprof.memory.alloc,
    oldSpaceUsedBytes: null,
  });
  expect(process.instanceId).toBe(ANSWERS_OF_0_1_0.process.instanceId);
  expect(heapObjectsAtMs).toBeNull();
  expect(unavailable).toEqual([
    ...ANSWERS_OF_0_1_0.pprof.unavailable,
    ...[
      'memory.heapObjectsAgeMs',
      'memory.oldSpaceUsed',
      'runtime.numGoroutineAgeMs',
      'topAllocations.cumulativeMarginBytes',
      'topAllocations.cumulativeSamples',
      'topAllocations.liveMarginBytes',
      'topAllocations.liveSamples',
      'topAllocations.marginBytes',
      'topAllocations.samples',
      'inuseAllocations.cumulativeMarginBytes',
      'inuseAllocations.cumulativeSamples',
      'inuseAllocations.liveMarginBytes',
      'inuseAllocations.liveSamples',
      'inuseAllocations.marginBytes',
      'inuseAllocations.samples',
      'requests',
      'requestCoverage',
      'routes',
    ].map((field) => ({ field, reason: VERSION_REASON })),
  ]);
});

it('has no requests and no routes of 0.1.0, and no error either', async () => {
  const { source } = await watch();
  expect(await source.readRequests?.({ limit: 10 })).toBeNull();
  expect(await source.readRoutes?.({ limit: 10 })).toBeNull();
});

it('has no health of 0.1.0, and asks for it only once', async () => {
  const { source, documents } = await watch();
  expect(await source.readHealth?.()).toBeNull();
  const asked = documents.length;
  expect(await source.readHealth?.()).toBeNull();
  expect(documents).toHaveLength(asked);
});

it('reads the health of a later version, whose findings may have no name here', async () => {
  const frame = { function: 'orderAll', file: '/app/shop.js', path: 'shop.js', line: 7 };
  const finding = {
    id: 'theirs',
    kind: 'SHOES_TOO_SMALL',
    severity: 'CRITICAL',
    since: '2026-01-01T00:00:00.000Z',
    sentence: 'The shoes are too small.',
    culprit: { ...frame, origin: 'OWN' },
    stack: [{ ...frame, origin: 'OWN' }],
    routes: [{ route: 'GET /shoes', count: 2 }],
    count: null,
    bytes: 44,
    nextStep: 'Buy larger ones.',
  };
  const health = {
    status: 'CRITICAL',
    sentence: finding.sentence,
    checkedAt: '2026-01-01T00:00:01.000Z',
    findings: [finding],
    tooEarly: ['the heap grows'],
    cleared: [],
  };
  const schema = CURRENT_SCHEMA.replace(
    'enum FindingKind {',
    'enum FindingKind {\n  SHOES_TOO_SMALL',
  );
  const { source } = await watch({ schema, answers: { health } });
  expect(await source.readHealth?.()).toEqual({
    status: 'CRITICAL',
    sentence: 'The shoes are too small.',
    checkedAtMs: Date.parse(health.checkedAt),
    tooEarly: ['the heap grows'],
    cleared: [],
    findings: [
      {
        id: 'theirs',
        kind: 'UNKNOWN',
        severity: 'CRITICAL',
        sinceMs: Date.parse(finding.since),
        sentence: 'The shoes are too small.',
        culprit: frame,
        stack: [frame],
        routes: [{ route: 'GET /shoes', count: 2 }],
        count: null,
        bytes: 44,
        nextStep: 'Buy larger ones.',
      },
    ],
  });
});

it('reads the allocations of 0.1.0, without how far they can be trusted', async () => {
  const { source } = await watch();
  const allocations = await source.readAllocations();
  const [{ id: _id, ...told } = {} as never] = ANSWERS_OF_0_1_0.pprof.inuseAllocations;
  expect(allocations?.inuse[0]).toEqual({
    ...told,
    stackId: expect.any(String),
    samples: null,
    marginBytes: null,
    liveSamples: null,
    liveMarginBytes: null,
    cumulativeSamples: null,
    cumulativeMarginBytes: null,
  });
});

it('reads the tasks and stalls of 0.1.0', async () => {
  const { source } = await watch();
  const { groups, raw } = await source.readGoroutines({ raw: true });
  expect(groups.map(({ state }) => state)).toEqual(
    ANSWERS_OF_0_1_0.goroutines.groups.map(({ state }) => state),
  );
  expect(raw?.text).toMatch(/^goroutine \d+ /);
  const loop = await source.readLoop?.();
  expect(loop?.status.state).toBe('RESPONSIVE');
  expect(loop?.stalls[0]?.stacks[0]?.frames[0]?.function).toBe('settleOrders');
});

it('is known for what it is while its thread is blocked', async () => {
  const blocked = () => {
    throw new Error('the thread is blocked');
  };
  const { source } = await watch({ answers: { process: blocked, pprof: blocked } });
  expect(await source.isThere()).toBe(true);
});

it('asks a second time only once for what it does not know', async () => {
  const { read, source, documents } = await watch();
  await read();
  const first = documents.length;
  expect(first).toBe(3);
  await read();
  await source.readAllocations();
  expect(documents.length - first).toBe(2);
});

it('asks for everything again when it has started again', async () => {
  const { read, become, documents } = await watch();
  await read();
  become({ answers: { process: { ...ANSWERS_OF_0_1_0.process, instanceId: 'another start' } } });
  await read();
  const before = documents.length;
  await read();
  expect(documents[before]).toContain('oldSpaceUsed');
});

it('takes out the variable of an argument that is refused', async () => {
  const { source } = await watch({ schema: schemaWithout('Query.goroutines.raw', 'Frame.path') });
  const { groups } = await source.readGoroutines({ raw: true });
  expect(groups[0]?.frames[0]).toEqual({
    function: expect.any(String),
    file: expect.any(String),
    line: expect.any(Number),
  });
});

it('takes out the fragments that nothing is left of', async () => {
  const lacking = ['allocationProfile', 'topAllocations', 'inuseAllocations'];
  const schema = schemaWithout(...lacking.map((field) => `PprofData.${field}`));
  const { read, source } = await watch({ schema });
  const { unavailable } = await read();
  expect(unavailable.map(({ field }) => field)).toEqual(expect.arrayContaining(lacking));
  expect(await source.readAllocations()).toBeNull();
});

it('reads the stalls of 0.1.0, which has other names for what was found', async () => {
  const { source } = await watch();
  const [told] = ANSWERS_OF_0_1_0.stalls;
  const [stack] = told!.stacks;
  expect((await source.readLoop?.())?.stalls[0]).toMatchObject({
    sentence: told!.sentence,
    droppedLooks: told!.droppedCaptures,
    stacks: [{ looks: stack!.captures, seenAtMs: Date.parse(stack!.capturedAt) }],
  });
});

it('takes out the fragments on a type that has another name', async () => {
  const schema = SCHEMA_OF_0_1_0.replaceAll(/\bStallStack\b/g, 'CapturedStack');
  const { source } = await watch({ schema });
  const loop = await source.readLoop?.();
  expect(loop?.status.stack).toBeNull();
});

it('names the field that no reading can be without', async () => {
  const { read } = await watch({ schema: schemaWithout('ProcessInfo.instanceId') });
  await expect(read()).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'its pprofql is of a version that does not tell process.instanceId',
  });
});

it('says what was refused where nothing is left to ask', async () => {
  const { read } = await watch({ schema: 'type Query { shoeSize: Int }' });
  await expect(read()).rejects.toMatchObject({
    code: 'TARGET_FAILED',
    message: expect.stringMatching(/^target shop: (Unknown type|Cannot query field) /),
  });
});

it('takes no harm from kinds and states that are new', async () => {
  const newer = SCHEMA_OF_0_1_0.replace('enum GcKind {', 'enum GcKind {\n  MINOR_OLD')
    .replace('enum EventLoopState {', 'enum EventLoopState {\n  LENT_OUT')
    .replace('enum GoroutineCategory {', 'enum GoroutineCategory {\n  BORROWED');
  const { pprof, goroutines, eventLoop, stalls } = ANSWERS_OF_0_1_0;
  const { read, source } = await watch({
    schema: newer,
    answers: {
      pprof: {
        ...pprof,
        runtime: { ...pprof.runtime, numGc: 7 },
        gc: { count: 7, interval: [{ kind: 'MINOR_OLD', count: 7, totalMs: 1, maxMs: 1 }] },
      },
      goroutines: {
        ...goroutines,
        groups: goroutines.groups.map((group) => ({ ...group, category: 'BORROWED' })),
      },
      eventLoop: { ...eventLoop, state: 'LENT_OUT' },
      stalls: stalls.map((stall) => ({ ...stall, state: 'LENT_OUT' })),
    },
  });
  const { figures } = await read();
  expect(figures.gc).toMatchObject({ count: 7, interval: {} });
  const { groups } = await source.readGoroutines({ raw: false });
  expect(groups.map(({ category }) => category)).toEqual(groups.map(() => 'UNKNOWN'));
  const loop = await source.readLoop?.();
  expect(loop?.status.state).toBe('UNKNOWN');
  expect(loop?.stalls[0]?.state).toBe('UNKNOWN');
});
