/**
 * Loads the sidecar as CommonJS does, at once: what is imported is read through libuv's threads, and a program
 * may keep all of them busy from its first line on.
 */
require(require('node:worker_threads').workerData.file);
