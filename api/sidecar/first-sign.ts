/**
 * A program may end before its diagnostics listen, or while they load what they need later: it then waits for
 * them, so that its one line on stderr is there, and so that no thread is ended in the middle of loading. Node 22
 * aborts the process where that thread is just linking modules.
 */
import { atomicNotify, atomicStore, atomicWait, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { monotonicMs } from '../base/own-time.ts';
import { onProcessExit } from '../probe/process/exit.ts';

const IS_GIVEN = 0;
const LONGEST_WAIT_MS = 10_000;
/** Between two looks at whether the thread is still there. */
const LOOK_EVERY_MS = 50;

export function createFirstSign(): SharedArrayBuffer {
  return new OwnSharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** To be called in the sidecar, once it listens or has failed to. Taken back while `loadUnderSign` loads. */
export function giveFirstSign(shared: SharedArrayBuffer): void {
  const sign = new Int32Array(shared);
  atomicStore(sign, IS_GIVEN, 1);
  atomicNotify(sign, IS_GIVEN);
}

/** A process that ends meanwhile waits until it is loaded. To be called in the sidecar. */
export function loadUnderSign<Module>(shared: SharedArrayBuffer, load: () => Module): Module {
  atomicStore(new Int32Array(shared), IS_GIVEN, 0);
  try {
    return load();
  } finally {
    giveFirstSign(shared);
  }
}

/**
 * Has the process wait for it as it ends, unless the returned function was called before.
 * @param isLost whether no sign will come: a thread may end before any line of ours runs in it, and its
 * end is told in a turn of the loop that will not be
 */
export function awaitFirstSignAtExit(shared: SharedArrayBuffer, isLost: () => boolean): () => void {
  const sign = new Int32Array(shared);
  return onProcessExit(() => {
    const untilMs = monotonicMs() + LONGEST_WAIT_MS;
    while (atomicWait(sign, IS_GIVEN, 0, LOOK_EVERY_MS) === 'timed-out') {
      if (isLost() || monotonicMs() >= untilMs) return;
    }
  });
}
