/** CPU profiles of a target, which samples itself for a time it is told at the start. */

import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import type { CpuSource } from '../../diagnostics/cpu/profiles.ts';
import type { Via } from '../../link/via.ts';
import type { Profile } from '../../profile/profile.ts';
import type { TargetSource } from '../target.ts';

interface Run {
  profile: Promise<Profile>;
  abort: AbortController;
}

/** A target that refuses does so by then: its caller need not wait for the end. */
const REFUSAL_DEADLINE_MS = 100;

/** A profile that is ended early is waited for, or given up: it cannot be cut. */
export function createTargetCpuSource(
  source: Pick<TargetSource, 'readCpuProfile'>,
  via: Via,
): CpuSource {
  const runs = new Map<number, Run>();
  return {
    async start({ id, durationMs }) {
      const abort = new AbortController();
      const seconds = durationMs / MS_PER_SECOND;
      const profile = source.readCpuProfile({ seconds, signal: abort.signal });
      const startedAtMs = Date.now();
      await withDeadline(profile, REFUSAL_DEADLINE_MS, () => null);
      runs.set(id, { profile, abort });
      return { startedAtMs };
    },
    async finish(id) {
      const run = runs.get(id);
      runs.delete(id);
      if (run === undefined) throw new DiagnosticsError('NOT_FOUND', 'this profile does not run');
      return { profile: await run.profile, via };
    },
    cancel(id) {
      runs.get(id)?.abort.abort();
      runs.delete(id);
    },
  };
}
