/** How long a limit on CPU time, such as a container's, has held the process back: `cpu.stat` of its cgroup. */
import { readFileSync } from 'node:fs';
import { NS_PER_MS, US_PER_MS } from '../../base/numbers/units.ts';

/** Since the cgroup was made. */
export interface QuotaUse {
  /** Periods, usually of 100 ms, in which something of the cgroup wanted to run. */
  periods: number;
  /** Those in which it used up what it may. */
  throttledPeriods: number;
  /** How long it was held back then. */
  throttledMs: number;
}

type ReadFile = (path: string) => string;

const readText: ReadFile = (path) => readFileSync(path, 'utf8');

/**
 * Reads anew at each call, some 50 microseconds of the calling thread. Null where no limit is set, and
 * where there are no cgroups.
 */
export function openQuota(read: ReadFile = readText): () => QuotaUse | null {
  const paths = quotaFiles(read);
  return () => {
    for (const path of paths) {
      const use = attempt(() => parseCpuStat(read(path)));
      if (use != null) return use;
    }
    return null;
  };
}

/** Where the cgroup of this process tells it: by the second version, then the first. */
function quotaFiles(read: ReadFile): string[] {
  const lines = attempt(() => read('/proc/self/cgroup'))?.split('\n') ?? [];
  const found: string[] = [];
  for (const line of lines) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const folders =
      controllers === ''
        ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']
        : controllers.split(',').includes('cpu')
          ? ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']
          : [];
    // Inside a container its own cgroup is mounted as the root.
    for (const folder of folders)
      found.push(`${folder}${path.replace(/\/$/, '')}/cpu.stat`, `${folder}/cpu.stat`);
  }
  return found;
}

/**
 * Null where there is no limit: then no period has ever begun.
 * @internal
 */
export function parseCpuStat(text: string): QuotaUse | null {
  const values = new Map(
    text.split('\n').map((line): [string, number] => {
      const [name = '', value = ''] = line.split(' ');
      return [name, Number(value)];
    }),
  );
  const periods = values.get('nr_periods') ?? 0;
  if (!(periods > 0)) return null;
  const throttledNs = values.get('throttled_time');
  const throttledUs = values.get('throttled_usec');
  return {
    periods,
    throttledPeriods: values.get('nr_throttled') ?? 0,
    throttledMs:
      throttledUs !== undefined ? throttledUs / US_PER_MS : (throttledNs ?? 0) / NS_PER_MS,
  };
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
