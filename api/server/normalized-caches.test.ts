import { gql as apolloGql, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import {
  execute,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createCaptures } from '../diagnostics/captures/captures.ts';
import { allocationSnapshot } from '../diagnostics/heap/allocations.ts';
import { savedExternal } from '../diagnostics/heap/external.ts';
import type { GoroutineSnapshot } from '../diagnostics/tasks.ts';
import type { Diagnostics } from '../diagnostics/types.ts';
import { framesOf, taskGroup } from '../formats/testing/task-group.ts';
import { withExternalColumns } from '../profile/external-columns.ts';
import { listTargets } from '../targets/list.ts';
import type { TargetedDiagnostics } from '../targets/target.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { cpuProfile, heapOf } from './testing/fake-profiles.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const COST = { pauseMs: 1, coreShare: 1, memoryBytes: 2, objects: 3 };

/** Two of them have the same stacks with other figures, which grow from stage to stage. */
function aTarget(name: string, share: number) {
  let stage = 0;
  const fake = fakeDiagnostics();
  const observation = { via: 'DIRECT' as const, measuredAtMs: NOW_MS };
  const heapProfile = async () =>
    heapOf(
      [
        ['main;leak', 90 * share + stage, 9_000 * share + stage, 4 * share + stage, 400 * share],
        ['main;cache', 50 * share, 5_000 * share, 30 - stage, 3_000 - 100 * stage],
      ],
      NOW_MS,
    );
  const goroutines = async (options: { raw: boolean }): Promise<GoroutineSnapshot> => ({
    ...(await fake.goroutines(options)),
    observation,
    groups: [
      taskGroup({ count: 10 * share + stage, routes: [{ route: 'GET /', count: share }] }),
      { ...taskGroup({ count: 9 * share - stage, state: 'timer' }), id: 'timer' },
    ],
  });
  const pprof = async () => ({ ...(await fake.pprof()), observation });
  const frames = framesOf('block@/app/block.js:7');
  const diagnostics: Diagnostics = {
    ...fake,
    pprof,
    heapProfile,
    goroutines,
    async externalAllocations() {
      const { profile } = await heapProfile();
      return savedExternal(withExternalColumns(profile, profile), NOW_MS)!;
    },
    allocations: async () => allocationSnapshot(await heapProfile(), {}),
    captures: createCaptures({
      readHeap: heapProfile,
      readTasks: () => goroutines({ raw: false }),
      readPprof: pprof,
      made: {
        watch: async () => {},
        read: async () => [
          { key: 'a', kind: 'BUFFER', frames, kept: share * stage, keptBytes: 1e6 * stage },
          { key: 'b', kind: 'WORKER', frames, kept: 2 * share * stage, keptBytes: 0 },
        ],
      },
      maxCaptures: 10,
      pauseBudgetPercent: 100,
    }),
    stalls: async () => [
      {
        id: '1',
        startedAtMs: NOW_MS,
        durationMs: share,
        state: 'UNKNOWN',
        looks: 1,
        nativeLooks: 0,
        droppedLooks: 0,
        stacks: [{ frames, looks: 1, seenAtMs: NOW_MS, isNativeCaller: false }],
        sentence: `Blocked for ${share} ms.`,
      },
    ],
    requests: async () => ({
      observation,
      rows: [1, 2].map((id) => ({
        key: `${id}`,
        method: 'GET',
        route: '/',
        ageMs: id * share,
        state: 'handling',
        waitsAt: frames[0]!,
        frames,
      })),
      total: 2 * share,
      placeKnown: 2,
      beyondLimit: 0,
    }),
    routes: async () => ({
      observation,
      rows: ['GET /', 'POST /'].map((route) => ({
        route,
        count: share,
        inFlight: 0,
        p50Ms: 1,
        p95Ms: 1,
        p99Ms: 1,
        maxMs: share,
        waits: [
          { kind: 'CPU', place: null, frames: [], share: 0.5, samples: 0 },
          { kind: 'WAIT', place: frames[0]!, frames, share: 0.5, samples: share },
        ],
      })),
    }),
    holders: {
      ...fake.holders,
      estimate: async () => COST,
      running: () => ({
        id: `${name}-now`,
        phase: 'READING',
        startedAtMs: NOW_MS,
        progress: share / 10,
      }),
      last: (isMeant) => {
        const stackId = ['leak', 'cache'].find(isMeant);
        if (stackId === undefined) return null;
        return {
          id: `${name}-${stackId}`,
          stackId,
          frames,
          takenAtMs: NOW_MS,
          pauseMs: share,
          estimate: COST,
          paths: [],
          tree: [],
          samples: share,
          found: share,
          objectCount: 100,
        };
      },
    },
    cpuProfiles: {
      ...fake.cpuProfiles,
      list: () => [{ ...cpuProfile, id: `${name}-1` }],
    },
    health: async () => ({
      status: 'WARNING',
      sentence: `Grows by ${share}.`,
      checkedAtMs: NOW_MS,
      tooEarly: [],
      findings: [
        {
          id: 'finding',
          kind: 'HEAP_GROWTH',
          severity: 'WARNING',
          sinceMs: NOW_MS,
          sentence: `Grows by ${share}.`,
          culprit: frames[0] ?? null,
          stack: frames,
          routes: [],
          count: null,
          bytes: share,
          nextStep: 'Look.',
        },
      ],
      cleared: [
        {
          id: 'cleared',
          kind: 'SLOW_ROUTE',
          severity: 'NOTICE',
          sinceMs: NOW_MS,
          clearedAtMs: NOW_MS,
          sentence: `Took ${share} s.`,
          culprit: frames[0] ?? null,
        },
      ],
    }),
  };
  return {
    name,
    diagnostics,
    status: async () => ({
      name,
      kind: 'NODE' as const,
      state: 'ANSWERING' as const,
      lastAnswerAtMs: NOW_MS,
      error: null,
    }),
    /** Captures that differ. */
    async prepare() {
      await diagnostics.captures.capture('early', { watchMade: true });
      stage = 1;
      await diagnostics.captures.capture('late', { watchMade: true });
      stage = 2;
    },
  };
}

/** Arguments of the fields that need some, or list more with them; each is asked for in a field of its own. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  diff: ['(base: "early")', '(base: "late")', '(base: "early", to: "late")'],
  goroutines: ['(raw: true)'],
  holders: ['(allocation: "leak")', '(allocation: "cache")'],
  service: ['(name: "shop")', '(name: "mail")'],
  'Service.goroutines': ['(limit: 10)'],
};

/** Both have the same stacks, with other figures. */
function aFleet(): Pick<TargetedDiagnostics, 'service' | 'services' | 'serviceTasks'> {
  const service = async (name: string) => ({ name, instances: [] });
  return {
    service,
    services: () => Promise.all(['shop', 'mail'].map(service)),
    async serviceTasks(name) {
      const groups = ['await', 'timer'].map((state, at) => ({
        ...taskGroup({ count: name.length * (at + 1), state }),
        id: state,
        instanceCount: 1,
        instances: () => [{ name: 'a', count: at + (name === 'shop' ? 1 : 2) }],
      }));
      return { answered: ['a'], unanswered: [], total: 3, groups };
    },
  };
}

/** Everything below a type; targets within targets lead nowhere. */
function selectionOf(type: GraphQLObjectType, isTop = false): string {
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const below = getNamedType(field.type);
    if (!isObjectType(below)) return [field.name];
    if (below.name === 'Target') return isTop ? targetsIn(field) : [];
    const given = ARGUMENTS[`${type.name}.${field.name}`] ?? ARGUMENTS[field.name] ?? [''];
    return given.map(
      (each, at) => `f${at}_${field.name}: ${field.name}${each} ${selectionOf(below)}`,
    );
  });
  return `{ __typename ${parts.join(' ')} }`;
}

function targetsIn(field: GraphQLField<unknown, unknown>): string[] {
  const below = getNamedType(field.type) as GraphQLObjectType;
  if (isListType(isNonNullType(field.type) ? field.type.ofType : field.type)) {
    return [`${field.name} ${selectionOf(below)}`];
  }
  return ['self', 'other'].map(
    (name) => `${name}: ${field.name}(name: "${name}") ${selectionOf(below)}`,
  );
}

type Row = { __typename: string; id: string };

/** Every object of the answer with an id, and the list fields that hold one. */
function rowsIn(value: unknown, found: Row[] = []): Row[] {
  if (Array.isArray(value)) for (const item of value) rowsIn(item, found);
  else if (typeof value === 'object' && value !== null) {
    if ('id' in value) found.push(value as Row);
    for (const part of Object.values(value)) rowsIn(part, found);
  }
  return found;
}

describe('a normalizing cache', () => {
  const document = selectionOf(schema.getQueryType()!, true);
  let data: Record<string, unknown>;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
    const targets = [aTarget('self', 1), aTarget('other', 2)] as const;
    for (const target of targets) await target.prepare();
    const answer = await execute({
      schema,
      document: parse(document),
      contextValue: { diagnostics: { ...listTargets([...targets]), ...aFleet() } },
    });
    vi.useRealTimers();
    expect(answer.errors?.map(({ message, path }) => [message, path])).toBeUndefined();
    data = JSON.parse(JSON.stringify(answer.data));
  });

  it('is asked for every type with an id, in several rows each', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && 'id' in type.getFields(),
    );
    const rows = rowsIn(data);
    const lacking = types
      .map(({ name }) => name)
      .filter((name) => rows.filter(({ __typename }) => __typename === name).length < 2);
    expect(lacking.sort()).toEqual([
      'AllocationProfileCancelled',
      'CpuProfileCancelled',
      'RunningAllocationProfile',
      'RunningCpuProfile',
      'TakenAllocationProfile',
      'TaskProofs',
    ]);
  });

  it('never finds two rows under one id, of whatever type', () => {
    const known = new Map<string, Row>();
    for (const row of rowsIn(data)) {
      expect(row, `another ${row.__typename} has this id`).toEqual(known.get(row.id) ?? row);
      known.set(row.id, row);
    }
  });

  it('of Apollo gives back the answer', () => {
    const cache = new InMemoryCache();
    const query = apolloGql(document);
    cache.writeQuery({ query, data });
    expect(cache.readQuery({ query })).toEqual(data);
  });

  it('of urql gives back the answer', async () => {
    const embedded = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !('id' in type.getFields()))
      .map(({ name }) => [name, () => null] as const);
    const client = new Client({
      url: 'http://localhost/graphql',
      preferGetMethod: false,
      fetch: async () => Response.json({ data }),
      exchanges: [cacheExchange({ keys: Object.fromEntries(embedded) }), fetchExchange],
    });
    await client.query(document, {}).toPromise();
    const cached = await client.query(document, {}, { requestPolicy: 'cache-only' }).toPromise();
    expect(cached.data).toEqual(data);
  });
});
