/** A fleet whose Redis fails in every way: no program is touched, and all comes back by itself. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import type { Program } from '../../../scripts/testing/program.ts';
import { MS_PER_HOUR } from '../../base/numbers/units.ts';
import {
  adminOf,
  hasRedis,
  NO_REDIS,
  redisProcess,
  startRedis,
  urlsOf,
  usualArgs,
} from '../../targets/fleet/testing/redis-server.ts';
import { startCluster, startSentinels } from '../../targets/fleet/testing/replicated.ts';
import {
  launchMember,
  membershipOf,
  type ServedFleet,
  serveFleet,
  untilAllTold,
} from '../../targets/fleet/testing/served-fleet.ts';
import { slowProxy } from '../../targets/fleet/testing/slow-proxy.ts';
import { PROTOCOL, writeAbout, writePulse } from '../../targets/fleet/wire/about.ts';
import { INSTANCES, keysOf } from '../../targets/fleet/wire/names.ts';

if (!hasRedis) console.warn(`The faults of a fleet are not tested: ${NO_REDIS}.`);

const UNTIL_SEEN = { interval: 200 };
const AWAY = /cannot be reached/g;
const CLOCK = new URL('../../../scripts/fixtures/fleet/clock.mjs', import.meta.url).href;
const SLOW_MS = 800;

describe.skipIf(!hasRedis)('a fleet whose Redis', () => {
  const open: AsyncDisposable[] = [];
  function use<T extends AsyncDisposable>(one: T): T {
    open.push(one);
    return one;
  }
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  async function adminTo(redis: Parameters<typeof adminOf>[0]): Promise<Redis> {
    const admin = await adminOf(redis);
    open.push({ [Symbol.asyncDispose]: async () => admin.disconnect() });
    return admin;
  }
  const member = (url: string, env?: NodeJS.ProcessEnv) => use(launchMember(url, env));
  const untilThere = (fleet: ServedFleet, program: Program) =>
    vi.waitFor(async () => {
      expect(await fleet.instanceOf(program)).toMatchObject({ instance: { isGone: false } });
      expect(await membershipOf(program)).toMatchObject({ isConnected: true, error: null });
    }, UNTIL_SEEN);
  const untilFails = (program: Program, error: RegExp) =>
    vi.waitFor(async () => expect((await membershipOf(program)).error).toMatch(error), UNTIL_SEEN);
  async function works(program: Program): Promise<void> {
    program.write('hello');
    expect(await program.nextLine()).toBe('hello');
  }
  const linesOf = ({ stderr }: Program) => stderr.match(AWAY)?.length ?? 0;

  it('is away at first is joined once it is there', async () => {
    const redis = use(await startRedis({ isAway: true }));
    const [program, fleet] = [member(redis.url), use(await serveFleet(redis.hubUrl))];
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
    const [program, fleet] = [member(redis.url), use(await serveFleet(redis.hubUrl))];
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
    const [program, fleet] = [member(redis.url), use(await serveFleet(redis.hubUrl))];
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
    const fleet = use(await serveFleet(redis.hubUrl));
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
    const [program, fleet] = [member(redis.url), use(await serveFleet(redis.hubUrl))];
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
    const fleet = use(await serveFleet(redis.hubUrl));
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
    const another = use(await serveFleet(redis.hubUrl));
    for (const program of programs) await untilThere(another, program);
  });

  it('is slow is waited for, and the program is not', async () => {
    const redis = use(await startRedis());
    const { port } = use(await slowProxy(redis.port, SLOW_MS));
    const urls = urlsOf('redis', `127.0.0.1:${port}`);
    const [program, fleet] = [member(urls.url), use(await serveFleet(urls.hubUrl))];
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

  it('is spoken to over TLS is joined by who trusts its certificate, and by nobody else', async () => {
    const server = use(
      await redisProcess({
        args: ({ port, folder }) => [
          ...usualArgs({ port: 0, folder }),
          ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
          ...[
            '--tls-cert-file',
            join(folder, 'cert.pem'),
            '--tls-key-file',
            join(folder, 'key.pem'),
          ],
        ],
      }),
    );
    const [cert, key] = [join(server.folder, 'cert.pem'), join(server.folder, 'key.pem')];
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
        ],
        ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
      ],
      { stdio: 'pipe' },
    );
    await server.start();
    const { url, hubUrl } = urlsOf('rediss', `localhost:${server.port}`);
    const env = { NODE_EXTRA_CA_CERTS: cert };
    const fleet = use(await serveFleet(hubUrl, { env }));
    const [trusting, other] = [member(url, env), member(url)];
    await untilThere(fleet, trusting);
    await untilFails(other, /certificate/);
    await works(other);
    expect(await fleet.instances()).toHaveLength(1);
    expect(trusting.stderr + other.stderr + fleet.program.stderr).not.toContain('SECRET');
  });

  it('has another time than the page tells the page when it was by its own', async () => {
    const redis = use(await startRedis());
    const program = member(redis.url);
    const fleet = use(await serveFleet(redis.hubUrl, { preload: [CLOCK] }));
    await untilThere(fleet, program);
    const own = createDiagnosticsClient({ url: await program.url() });
    await own.capture('kept');
    own.dispose();
    const { name, instance } = (await fleet.instanceOf(program))!;
    const isNowThere = (time: string) => {
      const offMs = Date.parse(time) - (Date.now() + MS_PER_HOUR);
      expect(Math.abs(offMs)).toBeLessThan(MS_PER_HOUR / 4);
    };
    isNowThere(instance.lastSeenAt);
    const target = fleet.client.target(name);
    const { value: point } = await target.metricsHistory().next();
    isNowThere(point!.timestamp);
    await vi.waitFor(async () => expect(await target.captures()).toHaveLength(1), UNTIL_SEEN);
    isNowThere((await target.captures())[0]!.tasksReadAt);
  });

  it('has an instance of a version that speaks otherwise shows it, and does not ask it', async () => {
    const redis = use(await startRedis());
    const admin = await adminTo(redis);
    const id = 'ab'.repeat(8);
    const about = {
      ...{ protocol: PROTOCOL + 1, version: '9.0.0', service: 'checkout', host: 'young', pid: 7 },
      ...{ program: 'app.js', nodeVersion: 'v40.0.0', startedAtMs: Date.now(), intervalMs: 1_000 },
      ...{ columns: ['someday', 'alloc'], someday: true },
    };
    await admin.set(keysOf(id).about, writeAbout(about));
    const pulse = { atMs: Date.now(), status: 'HEALTHY', sentence: 'It is well.' } as const;
    const rest = { healthRevision: 'x', blockedForMs: 0, doing: 'It turns.' };
    await admin.set(keysOf(id).pulse, writePulse({ ...pulse, ...rest }));
    await admin.xadd(keysOf(id).points, '*', 'p', `${Date.now()},1,,77,88`);
    await admin.sadd(INSTANCES, id);
    const fleet = use(await serveFleet(redis.hubUrl));
    const program = member(redis.url);
    await untilThere(fleet, program);
    const young = (await fleet.instances()).find(({ instance }) => instance.pid === 7)!;
    expect(young).toMatchObject({ state: 'FAILING', instance: { sentence: 'It is well.' } });
    expect(young.error).toMatch(/9\.0\.0 speaks another protocol/);
    const target = fleet.client.target(young.name);
    expect((await target.metricsHistory().next()).value).toMatchObject({ alloc: 88 });
    await expect(target.goroutines()).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    const { answered, unanswered } = (await fleet.client.serviceGoroutines('checkout'))!;
    expect([answered, unanswered.length]).toEqual([1, 1]);
  });

  it.each([
    ['the master that Sentinels name', startSentinels],
    ['a cluster', startCluster],
  ])('is %s goes on where a server is lost', async (_what, start) => {
    const replicated = use(await start());
    const [program, fleet] = [member(replicated.url), use(await serveFleet(replicated.hubUrl))];
    await untilThere(fleet, program);
    await replicated.master.kill();
    await replicated.failedOver();
    program.write('hang');
    await program.nextLine();
    await vi.waitFor(async () => {
      const { groups } = (await fleet.client.serviceGoroutines('checkout'))!;
      expect(groups.map(({ topFunc }) => topFunc)).toContain('reserveStock');
    }, UNTIL_SEEN);
    await untilThere(fleet, program);
    expect(linesOf(program)).toBeLessThanOrEqual(1);
  });
});
