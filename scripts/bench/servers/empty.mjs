// Says what it took to come to the first line of a program, then what is held a moment later.
const SETTLED_AFTER_MS = 1_000;

const thread = process.threadCpuUsage();
const firstLine = {
  wallMs: performance.now(),
  threadMs: (thread.user + thread.system) / 1_000,
};
setTimeout(() => {
  const { rss, heapUsed } = process.memoryUsage();
  console.log(JSON.stringify({ ...firstLine, rssBytes: rss, heapUsedBytes: heapUsed }));
}, SETTLED_AFTER_MS);
