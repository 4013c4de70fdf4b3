/** A fleet on a real Redis: whole programs that announce themselves, and the command that serves them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import type { Program } from '../../../scripts/testing/program.ts';
import { AWAY, UNTIL_SEEN } from '../../targets/fleet/testing/members.ts';
import {
  adminOf,
  hasRedis,
  NO_REDIS,
  type RedisServer,
  startRedis,
} from '../../targets/fleet/testing/redis-server.ts';
import {
  launchMember,
  membershipOf,
  type ServedFleet,
  serveFleet,
  untilAllTold,
} from '../../targets/fleet/testing/served-fleet.ts';
import { askChannel, keysOf } from '../../targets/fleet/wire/names.ts';

if (!hasRedis) console.warn(`The fleet is not tested: ${NO_REDIS}.`);

describe.skipIf(!hasRedis)('a fleet', () => {
  let redis: RedisServer;
  let admin: Redis;
  let programs: Program[];
  let served: ServedFleet;
  let client: DiagnosticsClient;
  const boxes = mkdtempSync(join(tmpdir(), 'pprofql-boxes-'));

  const launch = () => launchMember(redis.url, { PPROFQL_BLACK_BOX: boxes });

  beforeAll(async () => {
    redis = await startRedis();
    admin = await adminOf(redis);
    programs = [launch(), launch()];
    served = await serveFleet(redis.hubUrl);
    client = served.client;
  });
  afterAll(async () => {
    admin?.disconnect();
    await served?.[Symbol.asyncDispose]();
    await Promise.all((programs ?? []).map((program) => program.kill()));
    await redis?.[Symbol.asyncDispose]();
    rmSync(boxes, { recursive: true });
  });

  const instances = () => served.instances();
  const instanceOf = async (program: Program) => (await served.instanceOf(program))!;
  const idOf = async (program: Program) => (await membershipOf(program)).instanceId;
  const untilBothRun = () =>
    vi.waitFor(async () => {
      const running = (await instances()).filter(({ instance }) => !instance.isGone);
      expect(running.map(({ instance }) => instance.pid).sort()).toEqual(
        programs.map(({ pid }) => pid).sort(),
      );
    }, UNTIL_SEEN);

  it('shows the processes that have announced themselves, as instances of their service', async () => {
    await untilBothRun();
    for (const { state, instance } of await instances()) {
      expect(state).toBe('ANSWERING');
      expect(instance.serviceName).toBe('checkout');
    }
    expect((await client.services()).map(({ name }) => name)).toEqual(['checkout']);
    await expect(client.serviceGoroutines('other')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await client.targets())[0]).toMatchObject({ name: 'fleet', kind: 'FLEET' });
  });

  it('asks an instance whatever another pprofql can be asked', async () => {
    const { name } = await instanceOf(programs[0]!);
    const target = client.target(name);
    const { memory, inuseAllocations } = await target.pprof();
    expect(memory?.alloc).toBeGreaterThan(1e6);
    expect(inuseAllocations).toBeInstanceOf(Array);
    expect(await target.process()).toMatchObject({ pid: programs[0]!.pid });
    expect((await target.eventLoop()).state).toBe('RESPONSIVE');
    expect(await target.requests()).toEqual([]);
    // Whole seconds, as other pprofqls count them.
    const askedAtMs = performance.now();
    expect(await target.takeCpuProfile({ seconds: 0.1 })).toMatchObject({
      __typename: 'CpuProfile',
    });
    expect(performance.now() - askedAtMs).toBeLessThan(25_000);
    await target.capture('before');
    expect((await target.health()).status).toBeDefined();
  });

  it('has the history that an instance has told of itself', async () => {
    const { name } = await instanceOf(programs[0]!);
    const points: { sequence: number; alloc: number | null }[] = [];
    for await (const point of client.target(name).metricsHistory()) {
      points.push(point);
      if (points.length === 3) break;
    }
    const gaps = points.slice(1).map((point, at) => point.sequence - points[at]!.sequence);
    expect(gaps).toEqual([1, 1]);
    expect(points[0]!.alloc).toBeGreaterThan(1e6);
  });

  it('asks all of a service where they hang, and counts by instance', async () => {
    for (const [program, times] of [
      [programs[0]!, 2],
      [programs[1]!, 1],
    ] as const) {
      for (let time = 0; time < times; time++) {
        program.write('hang');
        await program.nextLine();
      }
    }
    const names = await Promise.all(
      programs.map(async (program) => (await instanceOf(program)).name),
    );
    await vi.waitFor(async () => {
      const goroutines = (await client.serviceGoroutines('checkout'))!;
      expect(goroutines).toMatchObject({ answered: 2, unanswered: [] });
      const group = goroutines.groups.find(({ topFunc }) => topFunc === 'reserveStock');
      expect(group).toMatchObject({
        count: 3,
        instances: [
          { name: names[0], count: 2 },
          { name: names[1], count: 1 },
        ],
      });
    }, UNTIL_SEEN);
  });

  it('takes no harm from whoever publishes anything, and answers documents of its own alone', async () => {
    const id = await idOf(programs[0]!);
    const hex = 'ab'.repeat(16);
    const asked = (question: object) =>
      admin.publish(
        askChannel(id),
        JSON.stringify({ id: hex, hub: hex, waitMs: 5_000, ...question }),
      );
    const answers: string[] = [];
    const listener = await adminOf(redis);
    await listener.subscribe(`pprofql:answer:${hex}`);
    listener.on('message', (_channel, message) => answers.push(message));
    await admin.publish(askChannel(id), Buffer.alloc(1_000_000, 0xff));
    await admin.publish(askChannel(id), '{"id":');
    await admin.publish(askChannel(id), JSON.stringify({ query: '{ process { pid } }' }));
    await asked({ asked: { kind: 'DOCUMENT', document: '{ process { pid } }', hash: 'x' } });
    await vi.waitFor(() => expect(answers).toHaveLength(1), UNTIL_SEEN);
    expect(answers[0]).toContain('"code":"UNAVAILABLE"');
    const isThere = { kind: 'DOCUMENT', document: 'IsThere', hash: 'x', variables: {} };
    await Promise.all(Array.from({ length: 200 }, () => asked({ asked: isThere })));
    // Far fewer than were asked for, and some of them refusals.
    await vi.waitFor(() => expect(answers.join()).toContain('LIMIT_EXCEEDED'), UNTIL_SEEN);
    listener.disconnect();
    const { points } = keysOf(id);
    await admin.xadd(points, '*', 'p', 'x'.repeat(100_000));
    await admin.xadd(points, '*', 'q', '1');
    await admin.set(keysOf('0'.repeat(16)).about, '{"service":7}');
    await admin.sadd('pprofql:instances', '0'.repeat(16), 'not an id', 'f'.repeat(16));
    await vi.waitFor(async () => {
      const { name } = await instanceOf(programs[0]!);
      expect((await client.target(name).process()).pid).toBe(programs[0]!.pid);
      expect(await instances()).toHaveLength(2);
      // Of this one nothing is there.
      expect(await admin.sismember('pprofql:instances', 'f'.repeat(16))).toBe(0);
    }, UNTIL_SEEN);
  });

  it('keeps the captures that an instance makes, and those that are made of it here', async () => {
    const { name } = await instanceOf(programs[1]!);
    const own = createDiagnosticsClient({ url: await programs[1]!.url() });
    await own.capture('its own');
    programs[1]!.write('hang');
    await programs[1]!.nextLine();
    const target = client.target(name);
    await target.capture('from here');
    await vi.waitFor(async () => {
      const names = (await target.captures()).map((capture) => capture.name);
      expect(names).toEqual(['its own', 'from here']);
    }, UNTIL_SEEN);
    const diff = await target.diff({ base: 'its own', to: 'from here' });
    expect(diff.tasks.grown.map(({ group }) => group.topFunc)).toContain('reserveStock');
    await expect(target.deleteCapture('its own')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await own.capture('for a moment');
    await vi.waitFor(async () => expect(await target.captures()).toHaveLength(3), UNTIL_SEEN);
    await own.deleteCapture('for a moment');
    await vi.waitFor(async () => expect(await target.captures()).toHaveLength(2), UNTIL_SEEN);
    own.dispose();
  });

  it('comes back by itself where Redis was away, with one line a program and no point lost', async () => {
    await redis.kill();
    await vi.waitFor(async () => {
      const [whole] = await client.targets();
      expect(whole).toMatchObject({ name: 'fleet', state: 'FAILING' });
    }, UNTIL_SEEN);
    await redis.start();
    await untilBothRun();
    await vi.waitFor(async () => {
      expect(await membershipOf(programs[0]!)).toMatchObject({
        address: redis.shown,
        isConnected: true,
        lostPoints: 0,
        error: null,
      });
    }, UNTIL_SEEN);
    for (const { stderr, stdout } of [served.program, ...programs]) {
      expect(stderr.match(AWAY)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(stderr + stdout).not.toContain('SECRET');
    }
    await untilAllTold(programs[0]!, admin);
  });

  it('is served what is known of an instance that is gone', async () => {
    const { name } = await instanceOf(programs[1]!);
    const id = await idOf(programs[1]!);
    await programs[1]!.kill();
    // Half a minute is long.
    await admin.del(keysOf(id).pulse);
    await vi.waitFor(async () => {
      const gone = await instanceOf(programs[1]!);
      expect(gone).toMatchObject({ state: 'FAILING', instance: { isGone: true } });
    }, UNTIL_SEEN);
    const target = client.target(name);
    const history = target.metricsHistory();
    const { value } = await history[Symbol.asyncIterator]().next();
    expect(value?.alloc).toBeGreaterThan(1e6);
    const run = await target.previousRun();
    expect(run).toMatchObject({ how: 'UNKNOWN' });
    expect(run?.sentence).toMatch(/last words/);
    expect(await target.process()).toMatchObject({ pid: programs[1]!.pid });
    await expect(target.requests()).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    expect((await target.goroutines()).observation.via).toBe('LAST_KNOWN');
    expect((await target.health()).sentence).toMatch(/is gone/);
    expect((await target.captures()).map((capture) => capture.name)).toEqual([
      'its own',
      'from here',
    ]);
    const { tasks, allocations } = await target.diff({ base: 'its own', to: 'from here' });
    expect(tasks.grown.map(({ group }) => group.topFunc)).toContain('reserveStock');
    expect(allocations?.bytesDelta).toBeTypeOf('number');
    expect(await target.deleteCapture('its own')).toBe(true);
    expect(await target.captures()).toHaveLength(1);
  });
});
