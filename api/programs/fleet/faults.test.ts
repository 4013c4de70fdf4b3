/** A fleet whose Redis fails in every way: no program is touched, and all comes back by itself. */
import { describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import {
  AWAY,
  adminTo,
  linesOf,
  member,
  served,
  UNTIL_SEEN,
  untilFails,
  untilThere,
  use,
  works,
} from '../../targets/fleet/testing/members.ts';
import {
  hasRedis,
  NO_REDIS,
  startRedis,
  urlsOf,
} from '../../targets/fleet/testing/redis-server.ts';
import { membershipOf, untilAllTold } from '../../targets/fleet/testing/served-fleet.ts';
import { slowProxy } from '../../targets/fleet/testing/slow-proxy.ts';
import { INSTANCES, keysOf } from '../../targets/fleet/wire/names.ts';

if (!hasRedis) console.warn(`The faults of a fleet are not tested: ${NO_REDIS}.`);

const SLOW_MS = 800;

describe.skipIf(!hasRedis)('a fleet whose Redis', () => {
  it('is away at first is joined once it is there', async () => {
    const redis = use(await startRedis({ isAway: true }));
    const [program, fleet] = [member(redis.url), await served(redis.hubUrl)];
    await program.printed(AWAY, 'stderr');
    await untilFails(program, /ECONNREFUSED/);
    await works(program);
    await redis.start();
    await untilThere(fleet, program);
    expect(linesOf(program)).toBe(1);
    await untilAllTold(program, await adminTo(redis));
  });

  it('is killed again and again under load loses no point', async () => {
    const redis = use(await startRedis());
    const [program, fleet] = [member(redis.url), await served(redis.hubUrl)];
    await untilThere(fleet, program);
    let isOver = false;
    const ask = async () => {
      while (!isOver) await fleet.client.serviceGoroutines('checkout').catch(() => {});
    };
    const load = [ask(), ask(), ask()];
    for (let time = 0; time < 3; time++) {
      await redis.kill();
      await works(program);
      await redis.start();
      await untilThere(fleet, program);
    }
    isOver = true;
    await Promise.all(load);
    await untilAllTold(program, await adminTo(redis));
    expect((await membershipOf(program)).lostPoints).toBe(0);
    expect(linesOf(program)).toBeLessThanOrEqual(1);
  });

  it('is frozen is left alone until it goes on', async () => {
    const redis = use(await startRedis());
    const [program, fleet] = [member(redis.url), await served(redis.hubUrl)];
    await untilThere(fleet, program);
    redis.freeze(true);
    await untilFails(program, /no answer within 5 s/);
    await vi.waitFor(async () => {
      const [whole] = await fleet.client.targets();
      expect(whole).toMatchObject({ name: 'fleet', state: 'FAILING' });
    }, UNTIL_SEEN);
    await works(program);
    redis.freeze(false);
    await untilThere(fleet, program);
    await untilAllTold(program, await adminTo(redis));
    expect((await membershipOf(program)).lostPoints).toBe(0);
  });

  it('is full is told later what is kept, and counts what is not', async () => {
    const redis = use(await startRedis());
    const admin = await adminTo(redis);
    const program = member(redis.url, { PPROFQL_HISTORY: '5', PPROFQL_MAX_CAPTURES: '1' });
    const fleet = await served(redis.hubUrl);
    await untilThere(fleet, program);
    await admin.config('SET', 'maxmemory', '1');
    await untilFails(program, /OOM/);
    const own = createDiagnosticsClient({ url: await program.url() });
    await own.capture('given up');
    await own.capture('while it was full');
    await vi.waitFor(async () => {
      expect(await membershipOf(program)).toMatchObject({ isConnected: true, lostCaptures: 1 });
      expect((await membershipOf(program)).lostPoints).toBeGreaterThan(0);
    }, UNTIL_SEEN);
    own.dispose();
    await works(program);
    await admin.config('SET', 'maxmemory', '0');
    await untilThere(fleet, program);
    await untilAllTold(program, admin);
    const { name } = (await fleet.instanceOf(program))!;
    await vi.waitFor(async () => {
      const captures = await fleet.client.target(name).captures();
      expect(captures.map((capture) => capture.name)).toEqual(['while it was full']);
    }, UNTIL_SEEN);
  });

  it('has forgotten everything is told all anew', async () => {
    const redis = use(await startRedis());
    const admin = await adminTo(redis);
    const [program, fleet] = [member(redis.url), await served(redis.hubUrl)];
    await untilThere(fleet, program);
    const own = createDiagnosticsClient({ url: await program.url() });
    await own.capture('kept');
    own.dispose();
    const { name } = (await fleet.instanceOf(program))!;
    const untilKept = () =>
      vi.waitFor(async () => {
        const captures = await fleet.client.target(name).captures();
        expect(captures.map((capture) => capture.name)).toEqual(['kept']);
      }, UNTIL_SEEN);
    await untilKept();
    await admin.flushall();
    const { instanceId } = await membershipOf(program);
    await vi.waitFor(
      async () => expect(await admin.exists(keysOf(instanceId).about)).toBe(1),
      UNTIL_SEEN,
    );
    await untilThere(fleet, program);
    await untilKept();
  });

  it('has garbage in all of its keys is told all anew, and hides nobody meanwhile', async () => {
    const redis = use(await startRedis());
    const admin = await adminTo(redis);
    const programs = [member(redis.url), member(redis.url)];
    const fleet = await served(redis.hubUrl);
    for (const program of programs) await untilThere(fleet, program);
    const keys = await admin.keys('pprofql:*');
    expect(keys).toContain(INSTANCES);
    for (const key of keys) await admin.set(key, 'garbage');
    for (const program of programs) {
      await vi.waitFor(async () => {
        expect(await fleet.instances()).toHaveLength(2);
        const { instanceId } = await membershipOf(program);
        expect(await admin.type(INSTANCES)).toBe('set');
        expect(await admin.type(keysOf(instanceId).points)).toBe('stream');
        expect(await admin.get(keysOf(instanceId).about)).not.toBe('garbage');
      }, UNTIL_SEEN);
      await untilThere(fleet, program);
      expect((await membershipOf(program)).lostPoints).toBe(0);
    }
    // A page that has known none of them before.
    const another = await served(redis.hubUrl);
    for (const program of programs) await untilThere(another, program);
  });

  it('is slow is waited for, and the program is not', async () => {
    const redis = use(await startRedis());
    const { port } = use(await slowProxy(redis.port, SLOW_MS));
    const urls = urlsOf('redis', `127.0.0.1:${port}`);
    const [program, fleet] = [member(urls.url), await served(urls.hubUrl)];
    await untilThere(fleet, program);
    await works(program);
    const { name } = (await fleet.instanceOf(program))!;
    const target = fleet.client.target(name);
    expect((await target.eventLoop()).state).toBe('RESPONSIVE');
    await vi.waitFor(
      async () => expect((await target.metricsHistory().next()).value).toBeDefined(),
      UNTIL_SEEN,
    );
    expect(await membershipOf(program)).toMatchObject({ lostPoints: 0, error: null });
  });
});
