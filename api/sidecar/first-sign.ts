/**
 * A program may end before its diagnostics listen: it then waits for them, so that its one line on
 * stderr is there, and so that no thread is ended in the middle of its start.
 */
import { atomicNotify, atomicStore, atomicWait, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { onProcessExit } from '../probe/process/exit.ts';

const IS_GIVEN = 0;
const LONGEST_WAIT_MS = 10_000;

export function createFirstSign(): SharedArrayBuffer {
  return new OwnSharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** To be called in the sidecar, once it listens or has failed to. */
export function giveFirstSign(shared: SharedArrayBuffer): void {
  const sign = new Int32Array(shared);
  atomicStore(sign, IS_GIVEN, 1);
  atomicNotify(sign, IS_GIVEN);
}

/** Has the process wait for it as it ends, unless the returned function was called before. */
export function awaitFirstSignAtExit(shared: SharedArrayBuffer): () => void {
  const sign = new Int32Array(shared);
  return onProcessExit(() => void atomicWait(sign, IS_GIVEN, 0, LONGEST_WAIT_MS));
}
