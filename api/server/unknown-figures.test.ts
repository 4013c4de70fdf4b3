import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { allocationSnapshot } from '../diagnostics/heap/allocations.ts';
import { unwatchedLoop } from '../diagnostics/stalls/unwatched-loop.ts';
import { taskGroup } from '../formats/testing/task-group.ts';
import type { Frame } from '../profile/profile.ts';
import { mergeTasks } from '../targets/fleet/hub/tasks.ts';
import type { InstanceStatus, TargetedDiagnostics, TargetStatus } from '../targets/target.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { heapOf } from './testing/fake-profiles.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const OBSERVATION = { via: 'DIRECT' as const, measuredAtMs: NOW_MS };

async function ask(query: string, overrides: Partial<TargetedDiagnostics>) {
  const diagnostics = fakeDiagnostics(overrides);
  const { data, errors } = await execute({
    schema,
    document: parse(query),
    contextValue: { diagnostics },
  });
  return { data, error: errors?.[0]?.originalError };
}

/** What the default target tells of itself. */
function withStatus(told: Partial<TargetStatus>): Partial<TargetedDiagnostics> {
  const fake = fakeDiagnostics();
  const status: TargetStatus = {
    name: 'self',
    kind: 'NODE',
    state: 'ANSWERING',
    lastAnswerAtMs: null,
    error: null,
    ...told,
  };
  return {
    target: () => ({ ...fake, name: 'self', status: async () => status }),
    targets: async () => [status],
  };
}

const gone: InstanceStatus = {
  service: 'shop',
  host: 'a',
  pid: 1,
  program: 'shop.js',
  version: null,
  startedAtMs: NOW_MS,
  lastSeenAtMs: NOW_MS,
  isGone: true,
  health: null,
  sentence: 'It is gone.',
  doing: null,
  blockedForMs: null,
  recent: () => [],
};

describe('what is not known is null, and never 0', () => {
  it.each([
    ['of the runtime', 0, null],
    ['of a broken profile', 2 ** 40, null],
    ['of a broken profile', -7, null],
    ['of the program', 12, 12],
  ])('in the line of a frame %s (%d)', async (_of, line, told) => {
    const frame: Frame = { function: 'f', file: '/app/f.js', line };
    const group = { ...taskGroup({}), frames: [frame], topFrame: frame };
    const { data } = await ask('{ goroutines { groups { topFrame { line } } } }', {
      goroutines: async () => ({
        ...(await fakeDiagnostics().goroutines({ raw: false })),
        groups: [group],
      }),
    });
    expect(data).toMatchObject({ goroutines: { groups: [{ topFrame: { line: told } }] } });
  });

  it('in the pause and the restarts of a sampler that is none of this process', async () => {
    const heap = { ...heapOf([['main;leak', 1, 100]], NOW_MS), pauseMs: null, rotations: null };
    const { data } = await ask('{ pprof { allocationProfile { pauseMs rotations } } }', {
      allocations: async () => allocationSnapshot(heap, {}),
    });
    expect(data).toEqual({ pprof: { allocationProfile: { pauseMs: null, rotations: null } } });
  });

  it('in the looks at what is measured by the CPU', async () => {
    const wait = { place: null, frames: [], share: 0.5, samples: 0 };
    const { data } = await ask('{ routes { waits { kind samples } } }', {
      routes: async () => ({
        observation: OBSERVATION,
        rows: [
          {
            route: 'GET /',
            count: 1,
            inFlight: 0,
            p50Ms: 1,
            p95Ms: 1,
            p99Ms: 1,
            maxMs: 1,
            waits: [
              { ...wait, kind: 'CPU' },
              { ...wait, kind: 'UNKNOWN', samples: 3 },
            ],
          },
        ],
      }),
    });
    expect(data).toEqual({
      routes: [
        {
          waits: [
            { kind: 'CPU', samples: null },
            { kind: 'UNKNOWN', samples: 3 },
          ],
        },
      ],
    });
  });

  it('in the time for which a loop is blocked that nobody watches', async () => {
    const loop = unwatchedLoop('nobody looks').status();
    const thread = { id: 1, threadName: null, file: null, route: null, startedAtMs: NOW_MS, loop };
    const figures = { cpuPercent: null, utilization: null, heapUsedBytes: null };
    const { data } = await ask(
      '{ targets { thread { blockedForMs } } }',
      withStatus({ thread: { ...thread, ...figures } }),
    );
    expect(data).toEqual({ targets: [{ thread: { blockedForMs: null } }] });
  });

  it('in the health of an instance that has told nothing before it was gone', async () => {
    const { data } = await ask(
      '{ targets { instance { health blockedForMs } } }',
      withStatus({ instance: gone }),
    );
    expect(data).toEqual({ targets: [{ instance: { health: null, blockedForMs: null } }] });
  });
});

describe('the tasks of a service', () => {
  const groups = mergeTasks([{ name: 'a', tasks: { groups: [{ ...taskGroup({}), id: 'g' }] } }]);
  const service = async (name: string) => ({ name, instances: [] });
  const serviceTasks = async () => ({ answered: ['a'], unanswered: [], total: 1, groups });

  it.each([0, -1, 1_001])('refuse to list %d of their instances', async (limit) => {
    const { error } = await ask(
      `{ service(name: "shop") { goroutines { groups { instances(limit: ${limit}) { name } } } } }`,
      { service, serviceTasks },
    );
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('list as many as are asked for', async () => {
    const { data } = await ask(
      '{ service(name: "shop") { goroutines { groups { instanceCount instances(limit: 1) { name count } } } } }',
      { service, serviceTasks },
    );
    expect(data).toEqual({
      service: {
        goroutines: { groups: [{ instanceCount: 1, instances: [{ name: 'a', count: 1 }] }] },
      },
    });
  });
});
