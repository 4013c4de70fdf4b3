/** Whether this process is an instance of a fleet: where it is, what that takes is loaded once it is served. */
import { logLine } from '../../base/log.ts';
import { shownAddress } from '../../base/options/engine-address.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import type { ProbeDiagnostics } from '../../diagnostics/diagnostics.ts';
import type { FleetStatus } from '../../diagnostics/fleet-status.ts';
import type { ProcessReading } from '../../probe/readings/process.ts';
import type { Api } from '../../server/api.ts';
import { serveWithin } from '../../server/listen.ts';
import { createHttpWithin } from '../../targets/children/http.ts';
import { ownVersion } from '../own-version.ts';
import type { Member } from './member.ts';

export interface MembershipOptions {
  options: ResolvedOptions;
  known: { process: ProcessReading };
  diagnostics: ProbeDiagnostics;
}

export interface Membership {
  /** What the diagnostics of the process tell of it; nothing where it is none. */
  shown: { fleet?: () => FleetStatus };
  /** @param apiForFleet makes what answers the questions of the fleet */
  join(apiForFleet: () => Api): void;
  /** Idempotent. */
  stop(): Promise<void>;
}

const CONNECTIONS = 32;

export function createMembership({ options, known, diagnostics }: MembershipOptions): Membership {
  const { fleet } = options;
  if (fleet === null) return { shown: {}, join: () => {}, stop: async () => {} };
  const begun: FleetStatus = {
    address: shownAddress(fleet),
    isConnected: false,
    sinceMs: Date.now(),
    error: null,
    instanceId: null,
    lostPoints: 0,
    lostCaptures: 0,
    refusedQuestions: 0,
  };
  const lifetime = new AbortController();
  let member: Member | null = null;
  let stopServing = async () => {};

  async function join(apiForFleet: () => Api): Promise<void> {
    const { joinFleet } = await import('./member.ts');
    const within = serveWithin(apiForFleet(), CONNECTIONS);
    stopServing = within.stop;
    const joined = await joinFleet({
      ...options,
      fleet: fleet!,
      process: known.process,
      version: ownVersion(),
      diagnostics,
      http: createHttpWithin({ ...within, name: 'self', lifetime: lifetime.signal }),
    });
    member = joined;
    if (lifetime.signal.aborted) await leave();
  }

  async function leave(): Promise<void> {
    await member?.stop();
    await stopServing();
  }

  return {
    shown: { fleet: () => member?.status() ?? begun },
    join(apiForFleet) {
      join(apiForFleet).catch((error: Error) => {
        begun.error = error.message;
        logLine(`cannot join the fleet at ${begun.address}: ${error.message}`);
      });
    },
    stop() {
      lifetime.abort();
      return leave();
    },
  };
}
