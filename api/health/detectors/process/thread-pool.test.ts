import { describe, expect, test } from 'vitest';
import type { PoolJobs, ThreadPoolEvidence } from '../../evidence/loop.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRequest, evidenceOf, NOW_MS } from '../../testing/evidence.ts';
import { told } from '../../testing/told.ts';
import { threadPoolSaturated } from './thread-pool.ts';

const PBKDF2 = aFrame('pbkdf2', 'node:internal/crypto/pbkdf2', 9);
const HASH = aFrame('hashPassword', '/app/src/login.ts', 7);
const SERVE = aFrame('serveFile', '/app/src/files.ts', 12);

function jobs(what: PoolJobs['what'], count: number, frame = HASH): PoolJobs {
  return { what, count, frames: [PBKDF2, frame], isEstimate: false, held: 0, heldMs: 0 };
}

/** Full for a minute. */
function poolOf(given: Partial<ThreadPoolEvidence> = {}): ThreadPoolEvidence {
  const made = [jobs('fs', 40, SERVE), jobs('crypto', 26)];
  return {
    size: 4,
    waitedMs: 1_240,
    sinceMs: NOW_MS - 60_000,
    lookups: null,
    jobs: made,
    isHeldByUnseen: false,
    ...given,
  };
}

describe('a pool of threads that is full', () => {
  test('is told with those who hold it and those who wait', () => {
    expect(told(threadPoolSaturated, { threadPool: poolOf() })).toBe(
      'WARNING: All 4 threads of libuv’s pool are busy, so that a job waits 1 s for one: 26 crypto jobs in hashPassword (src/login.ts:7); 40 file system calls in serveFile (src/files.ts:12) wait behind them.',
    );
  });

  test('is to blame for requests that hang where they wait for a thread', () => {
    const kindsWith = (frame: typeof SERVE) => {
      const requests = [1, 2, 3].map((id) => aRequest({ id, ageMs: 60_000, frames: [frame] }));
      const evidence = evidenceOf({ threadPool: poolOf(), requests });
      return assessHealth(evidence, { target: 'self' }).findings.map(({ kind }) => kind);
    };
    expect(kindsWith(SERVE)).toEqual(['THREAD_POOL_SATURATED']);
    expect(kindsWith(aFrame('askBank', '/app/src/bank.ts', 3))).toEqual([
      'STUCK_REQUESTS',
      'THREAD_POOL_SATURATED',
    ]);
  });

  test('is to blame as well where a handler waits for the promise that who reads the file returns', () => {
    const handlerAt = (line: number) => aFrame('Server.<anonymous>', '/app/src/server.ts', line);
    const reads = { ...jobs('fs', 40, SERVE), frames: [PBKDF2, SERVE, handlerAt(15)] };
    const kindsAt = (line: number) => {
      const requests = [1, 2, 3].map((id) =>
        aRequest({ id, ageMs: 60_000, frames: [handlerAt(line)] }),
      );
      const threadPool = poolOf({ jobs: [reads, jobs('crypto', 26)] });
      const { findings } = assessHealth(evidenceOf({ threadPool, requests }), { target: 'self' });
      return findings.map(({ kind }) => kind);
    };
    expect(kindsAt(15)).toEqual(['THREAD_POOL_SATURATED']);
    expect(kindsAt(31)).toContain('STUCK_REQUESTS');
  });

  test('is waited for before requests that hang are told, so that no line is blamed that waits for a thread', () => {
    const requests = [1, 2, 3].map((id) => aRequest({ id, ageMs: 60_000, frames: [SERVE] }));
    const kindsAfter = (ms: number, given: Partial<ThreadPoolEvidence> = {}) => {
      const threadPool = poolOf({ waitedMs: 4_000, sinceMs: NOW_MS - ms, ...given });
      const { findings } = assessHealth(evidenceOf({ threadPool, requests }), { target: 'self' });
      return findings.map(({ kind }) => kind);
    };
    expect(kindsAfter(4_000)).toEqual([]);
    expect(kindsAfter(8_000, { jobs: null })).toEqual([]);
    expect(kindsAfter(8_000)).toEqual(['THREAD_POOL_SATURATED']);
    expect(kindsAfter(30_000, { jobs: null })).toEqual(['STUCK_REQUESTS']);
    expect(kindsAfter(4_000, { waitedMs: 400 })).toEqual(['STUCK_REQUESTS']);
  });

  test('by jobs that compute is a notice where the machine gives the process little', () => {
    const cpuTime = { lastedMs: 30_000, ranMs: 1_000, waitedMs: 15_000, quota: null };
    expect(told(threadPoolSaturated, { threadPool: poolOf(), cpuTime })).toMatch(/^NOTICE: All 4/);
    expect(
      told(threadPoolSaturated, { threadPool: poolOf({ waitedMs: 46_000 }), cpuTime }),
    ).toMatch(/^WARNING: All 4/);
    const reads = poolOf({ jobs: [jobs('fs', 90, SERVE)] });
    expect(told(threadPoolSaturated, { threadPool: reads, cpuTime })).toMatch(/^WARNING: All 4/);
  });

  test('of reads of slow files is told with them', () => {
    const estimated = { ...jobs('fs', 90, SERVE), isEstimate: true };
    expect(told(threadPoolSaturated, { threadPool: poolOf({ jobs: [estimated] }) })).toMatch(
      /for one: ≈90 file system calls in serveFile \(src\/files\.ts:12\)\.$/,
    );
  });

  test('by a few that are stuck in their threads is told with those, and not with the many that wait', () => {
    const stuck = {
      ...jobs('fs', 20, aFrame('readFeed', '/app/src/feed.ts', 8)),
      held: 4,
      heldMs: 62_000,
    };
    const made = [jobs('fs', 189, SERVE), jobs('crypto', 30), stuck];
    expect(
      told(threadPoolSaturated, { threadPool: poolOf({ jobs: made, waitedMs: 64_000 }) }),
    ).toBe(
      'WARNING: All 4 threads of libuv’s pool are busy, so that a job waits 64 s for one: 20 file system calls in readFeed (src/feed.ts:8), 4 of which have had a thread for up to 62 s; 189 file system calls in serveFile (src/files.ts:12) wait behind them.',
    );
  });

  test('for lookups alone, which may use half of it, is told with them', () => {
    const lookups = { waitedMs: 20_000, sinceMs: NOW_MS - 60_000 };
    const made = [jobs('fs', 1, SERVE), jobs('dns', 70)];
    const threadPool = poolOf({ waitedMs: 2, sinceMs: null, lookups, jobs: made });
    expect(told(threadPoolSaturated, { threadPool })).toBe(
      'WARNING: The 2 threads of libuv’s pool that DNS lookups may use are busy, so that a lookup waits 20 s for one: 70 DNS lookups in hashPassword (src/login.ts:7).',
    );
  });

  test('by jobs that pack or unpack is told with them, and not with lookups that wait', () => {
    const made = [
      jobs('dns', 70, SERVE),
      jobs('zlib', 26, aFrame('squeeze', '/app/src/pack.ts', 6)),
    ];
    expect(told(threadPoolSaturated, { threadPool: poolOf({ jobs: made }) })).toMatch(
      /: 26 zlib jobs in squeeze \(src\/pack\.ts:6\); 70 DNS lookups in serveFile \(src\/files\.ts:12\) wait behind them\.$/,
    );
  });

  test('by jobs that nobody sees blames none of those who wait, and is a notice unless they wait for long', () => {
    const made = [jobs('dns', 70, SERVE), jobs('fs', 1)];
    const threadPool = poolOf({ jobs: made, isHeldByUnseen: true });
    expect(told(threadPoolSaturated, { threadPool })).toBe(
      'NOTICE: All 4 threads of libuv’s pool are busy, so that a job waits 1 s for one: jobs that cannot be seen, such as those of native packages, have them; 70 DNS lookups in serveFile (src/files.ts:12) wait behind them.',
    );
    const { culprit } = assessHealth(evidenceOf({ threadPool }), { target: 'self' }).findings[0]!;
    expect(culprit).toBeNull();
    expect(told(threadPoolSaturated, { threadPool: { ...threadPool, waitedMs: 46_000 } })).toMatch(
      /^WARNING: All 4 threads/,
    );
  });

  test('for some seconds is worth a notice', () => {
    expect(told(threadPoolSaturated, { threadPool: poolOf({ sinceMs: NOW_MS - 7_000 }) })).toMatch(
      /^NOTICE: .* hashPassword/,
    );
  });

  test.each([
    ['was never measured', null],
    ['gives a thread at once', poolOf({ sinceMs: null, waitedMs: 2 })],
    ['is full for a moment', poolOf({ sinceMs: NOW_MS - 3_000 })],
    ['nobody has looked at yet', poolOf({ jobs: null })],
    [
      'is slow on a busy machine, with less to do than it has threads',
      poolOf({ jobs: [jobs('crypto', 3)] }),
    ],
    [
      'has few lookups to do, on a busy machine',
      poolOf({
        sinceMs: null,
        lookups: { waitedMs: 900, sinceMs: NOW_MS - 60_000 },
        jobs: [jobs('dns', 2)],
      }),
    ],
    ['others in the process use', poolOf({ jobs: [] })],
  ])('is not what one is called that %s', (_name, threadPool) => {
    expect(told(threadPoolSaturated, { threadPool })).toBeNull();
  });
});
