/** The observed end of a link, on a thread of its own. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { resolveOptions } from '../../api/base/options/resolve.ts';
import { serveProbe } from '../../api/link/thread.ts';
import { createNodeProbe } from '../../api/probe/node-probe.ts';

const KEEP_ALIVE_MS = 1_000;

serveProbe(createNodeProbe(resolveOptions({}, {})), workerData as MessagePort);
setInterval(() => {}, KEEP_ALIVE_MS);
