import { durationText } from '../../../base/text/duration.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { CpuTimeEvidence } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { shareWords } from '../../words.ts';

interface CpuStarved extends Detection, CpuTimeEvidence {
  /** By a limit that is set for it, such as that of a container; else by others that run. */
  isByQuota: boolean;
}

const SHORTEST_LOOK_MS = 8_000;
/** Of the time: it stood in line for a core. */
const WAITED_SHARE = 0.2;
/** Of what it wanted: less is far from a fair part of a busy machine. */
const GIVEN_SHARE = 0.5;
/** Of the periods of its quota: it used up what it may. */
const THROTTLED_SHARE = 0.25;
const SEVERE_THROTTLED_SHARE = 0.5;

/** The program could run, and is not given the CPU: no line of it is to blame for the delay. */
export const cpuStarved: Detector<CpuStarved> = {
  name: 'cpu-starved',
  kind: 'CPU_STARVED',
  question: 'the program gets a core',
  check({ cpuTime }) {
    if (cpuTime === null || cpuTime.lastedMs < SHORTEST_LOOK_MS) return null;
    const { lastedMs, ranMs, waitedMs } = cpuTime;
    const throttledShare = throttledShareOf(cpuTime);
    const givenShare = ranMs / Math.max(1, ranMs + waitedMs);
    const isByQuota = throttledShare >= THROTTLED_SHARE;
    if (waitedMs < lastedMs * WAITED_SHARE) return null;
    if (!isByQuota && givenShare > GIVEN_SHARE) return null;
    // A limit is there to be set. Of a machine that others use, the program is a guest.
    const isSevere = throttledShare >= SEVERE_THROTTLED_SHARE;
    return { severity: isSevere ? 'WARNING' : 'NOTICE', ...cpuTime, isByQuota };
  },
  sentence({ lastedMs, ranMs, waitedMs, isByQuota, quota }) {
    const waited = `The main thread waited for a core ${shareWords(waitedMs / lastedMs)} of the last ${durationText(lastedMs)}, and ran ${shareWords(ranMs / lastedMs)} of it`;
    if (!isByQuota || quota === null)
      return `${waited}: other programs, or other threads of this one, use the cores.`;
    return `${waited}: the CPU limit of its container stopped the process in ${quota.throttledPeriods} of ${quota.periods} periods.`;
  },
  nextStep: ({ isByQuota }) =>
    isByQuota
      ? 'Raise the CPU limit, or use fewer threads and processes within it; delays of the loop are not the fault of its code.'
      : 'See with `top -H` which programs, or which threads of this one (workers, libuv’s pool), use the cores, and what the priority (nice) of this process is; delays of the loop are not the fault of its code.',
};

export function isStarved(evidence: Pick<Evidence, 'cpuTime'>): boolean {
  return cpuStarved.check(evidence as Evidence) !== null;
}

function throttledShareOf({ quota }: CpuTimeEvidence): number {
  return quota === null ? 0 : quota.throttledPeriods / Math.max(1, quota.periods);
}
