/** A thread that keeps captures of targets with many stacks and tasks, and tells how many are left of all. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CapturedMoment } from '../capture.ts';
import { createKeptCaptures } from '../kept.ts';

const STACKS = 3_000;
const FRAMES_OF_STACK = 5;
const GROUPS = 1_000;
const SAMPLE_TYPES = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];

/** Made anew each time, as messages from another thread are. */
function aMoment(at: number): CapturedMoment {
  const aFrame = (_: unknown, n: number) => ({
    function: `hold${at}_${n}`,
    file: '/app/hold.js',
    line: n,
    column: 1,
  });
  const frames = Array.from({ length: STACKS }, aFrame);
  const samples = frames.map((_, n) => ({
    stack: Array.from({ length: FRAMES_OF_STACK }, (_each, up) => (n + up) % STACKS),
    values: [n, n * 100, n, n * 100],
    evidence: {
      live: { samples: 1.5, variance: n + 0.5, doubtBytes: 0.5 },
      cumulative: { samples: 1.5, variance: n + 0.5, doubtBytes: 0.5 },
    },
  }));
  const groups = Array.from({ length: GROUPS }, (_, n) => ({
    count: 1,
    sampled: 1,
    state: `waiting ${at} ${n}`,
    oldestWaitMs: n + 0.5,
    medianWaitMs: n + 0.5,
    newestWaitMs: n + 0.5,
    frames: [frames[n]],
    categoryReason: `because ${at} ${n}`,
    routes: [],
  }));
  return {
    heap: { profile: { sampleTypes: SAMPLE_TYPES, frames, samples } },
    external: null,
    made: null,
    tasks: { groups },
  } as unknown as CapturedMoment;
}

const { targets, most } = workerData as { targets: number; most: number };
const kept = Array.from({ length: targets }, () => createKeptCaptures(most));
for (let at = 0; at < most; at += 1) {
  await kept[at % targets]!.keep(`at ${at}`, aMoment(at));
}
const left = await Promise.all(kept.map((captures) => captures.list()));
parentPort!.postMessage(left.flat().length);
