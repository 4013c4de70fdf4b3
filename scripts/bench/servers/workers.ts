/** Worker threads that wait for messages, or that have something to do all the time and are idle for most of it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { answerCommands } from './control.ts';

const WORKERS = 8;
/** What a worker has used itself is told by it. */
const FOLLOW = `
const { parentPort, workerData } = require('node:worker_threads');
let sum = 0;
function work() {
  for (let at = 0; at < 100_000; at += 1) sum += Math.sqrt(at);
}
if (workerData === 'busy') setInterval(work, 20);
parentPort.on('message', () => {
  const { user, system } = process.threadCpuUsage();
  parentPort.postMessage(user + system);
});
`;

let workers: Worker[] = [];

async function make(kind: 'idle' | 'busy'): Promise<void> {
  workers = Array.from(
    { length: WORKERS },
    () => new Worker(FOLLOW, { eval: true, workerData: kind }),
  );
  await readWorkersUs();
}

/** Microseconds of all of them together. */
async function readWorkersUs(): Promise<number> {
  const used = await Promise.all(
    workers.map(async (worker) => {
      worker.postMessage(null);
      const [us] = await once(worker, 'message');
      return us as number;
    }),
  );
  return used.reduce((sum, us) => sum + us, 0);
}

answerCommands({ make, readWorkersUs });
