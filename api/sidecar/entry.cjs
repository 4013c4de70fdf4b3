/**
 * Loads the sidecar as CommonJS does, at once: what is imported is read through libuv's threads, and a program
 * may keep all of them busy from its first line on.
 */
const { stdout, stderr } = process;
// Nobody reads what is written here, such as a warning: it would be kept.
for (const stream of [stdout, stderr]) stream._writev = (_chunks, done) => done();

require(require('node:worker_threads').workerData.file);
