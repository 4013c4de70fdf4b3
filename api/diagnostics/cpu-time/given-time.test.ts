import { describe, expect, it, test } from 'vitest';
import { openThreadTime, parseSchedstat, starvedMsSince } from '../../base/thread-time.ts';
import { createGivenTime } from './given-time.ts';
import { openQuota, parseCpuStat } from './quota.ts';

describe('the time that a thread was given', () => {
  it('is that of the last half minute', () => {
    let nowMs = 0;
    let time = { ranMs: 1_000, waitedMs: 0 };
    const given = createGivenTime({
      threadTime: { read: () => time, close: () => {} },
      readQuota: () => null,
      nowMs: () => nowMs,
    });
    expect(given.evidence()).toBeNull();
    for (nowMs = 0; nowMs <= 60_000; nowMs += 5_000) {
      given.note();
      // From the 40th second on it waits all the time.
      time = {
        ranMs: time.ranMs + (nowMs < 40_000 ? 1_000 : 0),
        waitedMs: time.waitedMs + (nowMs < 40_000 ? 0 : 5_000),
      };
    }
    expect(given.evidence()).toEqual({
      lastedMs: 30_000,
      ranMs: 2_000,
      waitedMs: 20_000,
      quota: null,
    });
  });

  it('is not known where the kernel does not tell', () => {
    const given = createGivenTime({ threadTime: { read: () => null, close: () => {} } });
    given.note();
    given.note();
    expect(given.evidence()).toBeNull();
  });

  it.runIf(process.platform === 'linux')('grows while the thread runs', () => {
    const reader = openThreadTime(process.pid);
    const before = reader.read()!;
    const until = performance.now() + 20;
    while (performance.now() < until);
    expect(reader.read()!.ranMs).toBeGreaterThan(before.ranMs);
    reader.close();
    expect(reader.read()).toBeNull();
  });

  test.each([
    ['41000000 159000000 20\n', { ranMs: 41, waitedMs: 159 }],
    ['0 0 0', null],
    ['', null],
  ])('is read from %j', (text, expected) => {
    expect(parseSchedstat(text)).toEqual(expected);
  });
});

describe('the limit on CPU time', () => {
  const V2 = 'usage_usec 9\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250000\n';
  const V1 = 'nr_periods 10\nnr_throttled 4\nthrottled_time 250000000\n';
  const USE = { periods: 10, throttledPeriods: 4, throttledMs: 250 };

  test.each([
    ['of the second version', '0::/app\n', '/sys/fs/cgroup/app/cpu.stat', V2],
    ['inside of a container', '0::/../app\n', '/sys/fs/cgroup/cpu.stat', V2],
    ['of the first version', '3:cpu,cpuacct:/app\n0::/\n', '/sys/fs/cgroup/cpu/app/cpu.stat', V1],
  ])('is found in a cgroup %s', (_name, cgroup, path, text) => {
    const files = new Map([
      ['/proc/self/cgroup', cgroup],
      [path, text],
    ]);
    const read = (file: string) => {
      const found = files.get(file);
      if (found === undefined) throw new Error(`no ${file}`);
      return found;
    };
    expect(openQuota(read)()).toEqual(USE);
  });

  it('is null where none is set, and where there are no cgroups', () => {
    expect(parseCpuStat('nr_periods 0\nnr_throttled 0\nthrottled_time 0\n')).toBeNull();
    const nothing = () => {
      throw new Error('none');
    };
    expect(openQuota(nothing)()).toBeNull();
  });
});

describe('what a thread was kept from running since a beat', () => {
  const now = { ranMs: 10_000, waitedMs: 9_000 };

  it('is the most that it may have been, where the beat was noticed late', () => {
    const before = { ranMs: 9_900, waitedMs: 8_200 };
    const after = { ranMs: 9_950, waitedMs: 9_000 };
    expect(starvedMsSince({ before, after }, 1_000, now)).toBe(800);
  });

  it('is no more than the time that has passed', () => {
    const long = { ranMs: 2_000, waitedMs: 1_000 };
    expect(starvedMsSince({ before: long, after: now }, 300, now)).toBe(300);
  });

  it('is nothing where the kernel does not tell', () => {
    expect(starvedMsSince({ before: null, after: null }, 300, now)).toBe(0);
  });
});
