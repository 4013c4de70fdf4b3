/**
 * What `node --require pprofql/register` gives. It cannot wait for a module that does, and would end the program:
 * it gets one line that says how, and runs on.
 */
const { isMainThread } = require('node:worker_threads');

try {
  if (isMainThread) {
    require('node:fs').writeSync(
      2,
      'pprofql: nothing is started by --require; it takes --import pprofql/register, and Node 22.18 or later\n',
    );
  }
} catch {
  // The program does not depend on a line of ours.
}
