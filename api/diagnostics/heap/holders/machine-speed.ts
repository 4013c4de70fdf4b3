/** How fast this machine is just now: by a little work of the kind that writing a heap snapshot is. */
import { coreShareNow } from './core-share.ts';

const { performance, structuredClone } = globalThis;

export interface MachineSpeed {
  /** How many times as long as measured on another machine such work takes, while it has a core. */
  slowness: number;
  /** Of a core, the part that a thread with work to do is given, 0 to 1. */
  coreShare: number;
}

/** Milliseconds that a round took on the machine that the costs of snapshots were measured on, on Node 22 to 26. */
const REFERENCE_MS = 0.41;
const ROWS = 500;

/** Takes a fifth of a second of the calling thread, in pieces. */
export async function machineSpeedNow(): Promise<MachineSpeed> {
  const rows = Array.from({ length: ROWS }, (_, id) => ({
    id,
    name: `name ${id}`,
    parts: [id, id * 2.5],
    at: { id, to: null },
  }));
  let fastestMs = Number.POSITIVE_INFINITY;
  // By Node's native code: how hot this function is makes no difference. The fastest has waited for no core.
  const coreShare = await coreShareNow(() => {
    const startedAt = performance.now();
    structuredClone(rows);
    fastestMs = Math.min(fastestMs, performance.now() - startedAt);
  });
  return { slowness: fastestMs / REFERENCE_MS, coreShare };
}
