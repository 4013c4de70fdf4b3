/**
 * V8's heap sampler as its inspector starts it: unlike the one that runs for good, it keeps what was
 * collected meanwhile, on every Node. A session within the thread answers at once.
 */
import type { Runtime, Session } from 'node:inspector';
import { getBuiltinModule } from '../../../base/builtins.ts';
import { DiagnosticsError } from '../../../base/errors.ts';

/** What V8 answers; the declarations lack the half of it. */
export interface SampledTree {
  head: SampledNode;
  /** Bytes that each sample stands for. */
  samples: { size: number; nodeId: number }[];
}

export interface SampledNode {
  id: number;
  callFrame: Runtime.CallFrame;
  /** Bytes that it allocated itself, scaled up. */
  selfSize: number;
  children: SampledNode[];
}

export interface AllocationSession {
  start(samplingIntervalBytes: number): void;
  /** Ends the sampling. @throws where somebody else has ended it */
  stop(): SampledTree;
  /** Ends everything it has begun. */
  close(): void;
}

/** @throws DiagnosticsError `UNAVAILABLE` where there is no inspector */
export function openAllocationSession(): AllocationSession {
  const session = connect();

  function ask<T>(method: string, parameters: object = {}): T {
    const answer: { result?: T; error?: Error | null } = {};
    session.post(method, parameters, (error: Error | null, result?: object) => {
      Object.assign(answer, { error, result });
    });
    const { result, error = new Error(`${method} was not answered`) } = answer;
    if (error !== null) throw error;
    return result as T;
  }

  return {
    start: (samplingInterval) =>
      ask('HeapProfiler.startSampling', {
        samplingInterval,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      }),
    stop: () => ask<{ profile: SampledTree }>('HeapProfiler.stopSampling').profile,
    close: () => session.disconnect(),
  };
}

function connect(): Session {
  try {
    const inspector = getBuiltinModule('node:inspector') as typeof import('node:inspector');
    const session = new inspector.Session();
    session.connect();
    return session;
  } catch (cause) {
    throw new DiagnosticsError(
      'UNAVAILABLE',
      'there is no inspector that could sample allocations',
      {
        cause,
      },
    );
  }
}
