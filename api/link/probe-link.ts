/** How everything but the probe itself reaches a probe: one interface, whatever lies between. */
import type { Probe } from '../probe/probe.ts';
import type { Via } from './via.ts';

/** The probe's methods, each answering later. They reject with a `DiagnosticsError`. */
export type RemoteProbe = {
  [Method in keyof Probe]: (
    ...args: Parameters<Probe[Method]>
  ) => Promise<Awaited<ReturnType<Probe[Method]>>>;
};

export interface ProbeLink {
  /** How figures that arrive over this link were obtained. */
  readonly via: Exclude<Via, 'LAST_KNOWN'>;
  /**
   * A call has no deadline of its own: a blocked thread answers once it is free again, and that
   * late answer is still wanted. Callers that cannot wait use `withDeadline`.
   */
  readonly probe: RemoteProbe;
  /** Pending and later calls reject with `STOPPED`. Idempotent. */
  close(): void;
}
