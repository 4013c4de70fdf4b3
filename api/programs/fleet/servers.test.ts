/** A fleet whose Redis is another one than a single server that all know by its name and time. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { MS_PER_HOUR } from '../../base/numbers/units.ts';
import {
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
  redisProcess,
  startRedis,
  urlsOf,
  usualArgs,
} from '../../targets/fleet/testing/redis-server.ts';
import { startCluster, startSentinels } from '../../targets/fleet/testing/replicated.ts';
import { PROTOCOL, writeAbout, writePulse } from '../../targets/fleet/wire/about.ts';
import { INSTANCES, keysOf } from '../../targets/fleet/wire/names.ts';

if (!hasRedis) console.warn(`The servers of a fleet are not tested: ${NO_REDIS}.`);

const CLOCK = new URL('../../../scripts/fixtures/fleet/clock.mjs', import.meta.url).href;

describe.skipIf(!hasRedis)('a fleet whose Redis', () => {
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
    const fleet = await served(hubUrl, { env });
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
    const fleet = await served(redis.hubUrl, { preload: [CLOCK] });
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
    const fleet = await served(redis.hubUrl);
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
    const [program, fleet] = [member(replicated.url), await served(replicated.hubUrl)];
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
