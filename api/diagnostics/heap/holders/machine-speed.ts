/** How fast this machine is just now: by a little work of the kind that writing a heap snapshot is. */
import { availableParallelism, loadavg } from 'node:os';

const { performance, structuredClone } = globalThis;

/** Milliseconds that a round took on the machine that the costs of snapshots were measured on, on Node 22 to 26. */
const REFERENCE_MS = 0.43;
const ROUNDS = 30;
const ROWS = 500;
/** On a machine with more to do than cores it takes the root of that many times as long, up to here. */
const MOST_CROWDED = 16;

/**
 * Takes some 15 ms of the calling thread.
 * @returns how many times as long as measured a snapshot may take
 */
export function slownessNow(): number {
  const crowd = loadavg()[0]! / availableParallelism();
  return (fastestRoundMs() / REFERENCE_MS) * Math.sqrt(Math.min(MOST_CROWDED, Math.max(1, crowd)));
}

/** By Node's native code: how hot this function is makes no difference. The fastest has waited for no core. */
function fastestRoundMs(): number {
  const row = (id: number) => ({
    id,
    name: `name ${id}`,
    parts: [id, id * 2.5],
    at: { id, to: null },
  });
  const rows = Array.from({ length: ROWS }, (_, id) => row(id));
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    structuredClone(rows);
    fastestMs = Math.min(fastestMs, performance.now() - startedAt);
  }
  return fastestMs;
}
