/** Starts and stops the observed thread's CPU sampler, also while its loop is stuck. */

import { withDeadline } from '../../base/waiting/deadline.ts';
import type { MainThreadInspector } from '../../link/inspector.ts';
import type { ProbeLink } from '../../link/probe-link.ts';
import type { Via } from '../../link/via.ts';
import type { CpuProfileRequest, CpuProfileStart, CpuReading } from '../../probe/readings/cpu.ts';
import { silentThread } from '../answers/silent-thread.ts';
import type { OwnPause } from '../stalls/own-pause.ts';
import type { StallWatch } from '../stalls/watch.ts';

export interface CpuSampler {
  /** @throws DiagnosticsError `UNAVAILABLE`, or `PROCESS_NOT_RESPONDING`; then nothing runs, nor will */
  start(request: CpuProfileRequest): Promise<CpuProfileStart>;
  /** @throws DiagnosticsError `PROCESS_NOT_RESPONDING` where the thread stays in native code for too long */
  finish(id: number): Promise<{ reading: CpuReading; via: Via }>;
  /** Throws the profile away, whether it runs or not. */
  cancel(id: number): void;
}

export interface CpuSamplerOptions {
  link: ProbeLink;
  /** Null where the observed thread cannot be looked into. */
  inspector: Pick<MainThreadInspector, 'call'> | null;
  watch: Pick<StallWatch, 'duringOwnRead'>;
  /** True while the observed loop is known not to turn: then nobody waits for it. */
  isBlocked: () => boolean;
  /** Brings a reading to where its code was written. */
  locate: (reading: CpuReading) => Promise<CpuReading>;
}

/** Later than this, the loop is busy, or V8 is still looking through a large heap. */
const PATIENCE_MS = 500;
/** How long native code may hold the thread at the start and at the end of a profile. */
const START_DEADLINE_MS = 15_000;
const FINISH_DEADLINE_MS = 30_000;

/**
 * Where the loop is stuck, a call goes both ways. Whichever comes second finds it done, since
 * the sampler starts and stops once for each id.
 */
export function createCpuSampler({
  link,
  inspector,
  watch,
  isBlocked,
  locate,
}: CpuSamplerOptions): CpuSampler {
  const { probe } = link;

  async function ask<T>(
    overPort: Promise<T>,
    throughInspector: () => Promise<unknown>,
    deadlineMs: number,
  ): Promise<{ value: T; via: Via }> {
    const fromPort = overPort.then((value) => ({ value, via: link.via as Via }));
    const eitherWay = async () => {
      const fromInspector = throughInspector().then((value) => ({
        value: value as T,
        via: 'INSPECTOR' as Via,
      }));
      return Promise.any([fromPort, fromInspector]).catch(() => fromPort);
    };
    const late = () => withDeadline(eitherWay(), deadlineMs, notResponding);
    return withDeadline(fromPort, isBlocked() ? 0 : PATIENCE_MS, late);
  }

  async function inspect(method: 'startCpuProfile' | 'stopCpuProfile', argument: unknown) {
    if (inspector === null) return notResponding();
    return inspector.call(method, argument, FINISH_DEADLINE_MS);
  }

  const cancel = (id: number) => {
    probe.cancelCpuProfile(id).catch(() => {});
    // A stuck loop would leave it running, and no other could be taken.
    if (isBlocked()) inspector?.call('cancelCpuProfile', id).catch(() => {});
  };

  return {
    async start(request) {
      try {
        const started = watch.duringOwnRead(probe.startCpuProfile(request), startPause);
        const inspected = () => inspect('startCpuProfile', request);
        return (await ask(started, inspected, START_DEADLINE_MS)).value;
      } catch (error) {
        cancel(request.id);
        throw error;
      }
    },
    async finish(id) {
      const inspected = () => inspect('stopCpuProfile', id);
      const { value, via } = await ask(probe.stopCpuProfile(id), inspected, FINISH_DEADLINE_MS);
      return { reading: await locate(value), via };
    },
    cancel,
  };
}

function startPause({ startedAtMs, startPauseMs }: CpuProfileStart): OwnPause {
  return { endedAtMs: startedAtMs, pauseMs: startPauseMs };
}

function notResponding(): never {
  throw silentThread(': native code holds it, which cannot be interrupted, see eventLoop');
}
