/**
 * A collection of all garbage. The program stands still for it.
 */
import { getBuiltinModule, measureMemory, ownProcess } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { clearTimeout, cpuClockMs, setTimeout } from '../../base/own-time.ts';
import { whenSettled } from '../../base/waiting/settled.ts';
import { withOwnSession } from '../process/own-session.ts';

type Inspector = typeof import('node:inspector');
type Session = InstanceType<Inspector['Session']>;
interface Evaluated {
  result: { objectId: string };
}

/**
 * At once: V8 collects before it looks for objects. It then goes through all that are left, which takes several
 * times as long as to collect.
 * @throws DiagnosticsError `UNAVAILABLE` where there is no inspector
 */
export function collectAll(): void {
  try {
    withOwnSession((session) => {
      // Of an object that nothing is made from; without `idOf`, which a frozen `globalThis` does not allow.
      const { result } = session.post<Evaluated>('Runtime.evaluate', { expression: '({})' });
      session.post('Runtime.queryObjects', { prototypeObjectId: result.objectId });
    });
  } catch (cause) {
    throw unavailable(cause);
  }
}

/**
 * As two tasks of their own, after what runs now: V8 begins to mark what is used, beside the program, and then finishes.
 * Where it stops the program for all of the marking instead, as for `collectAll`, it throws away what was compiled for
 * objects of which none is there at the moment, such as those of a request: a server was slower for a minute for that.
 * Measured by Node as memory of the program, of which nobody uses the figure; else by V8's inspector.
 * @returns milliseconds of CPU time of this thread, the most that it can have stopped for; null for not known
 * @throws DiagnosticsError `UNAVAILABLE` where there is no inspector either
 */
export async function collectSoon(): Promise<number | null> {
  const beganMs = cpuClockMs();
  const measured = silently(() => measureMemory?.({ mode: 'summary', execution: 'eager' }));
  if (measured !== undefined && (await hasEnded(measured))) return cpuClockMs() - beganMs;
  await collectByInspector();
  return null;
}

/** V8 has answered within 1 s with 300 MB of objects and twenty threads waiting for two cores. */
const LONGEST_MS = 30_000;

/** @returns whether V8 has collected; false where it refuses to, or does not come to it. */
function hasEnded(measured: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isCollected: boolean) => () => {
      clearTimeout(timer);
      resolve(isCollected);
    };
    const timer = setTimeout(end(false), LONGEST_MS).unref();
    whenSettled(measured, end(true), end(false));
  });
}

/** Node warns once that this way to measure is new: the program's stderr is its own. */
function silently<T>(work: () => T): T | undefined {
  const { emitWarning } = ownProcess;
  const nobody = () => {};
  try {
    ownProcess.emitWarning = nobody;
    return ownProcess.emitWarning === nobody ? work() : undefined;
  } catch {
    return undefined;
  } finally {
    if (ownProcess.emitWarning === nobody) ownProcess.emitWarning = emitWarning;
  }
}

async function collectByInspector(): Promise<void> {
  const session = openSession();
  try {
    await new Promise<void>((resolve, reject) => {
      session.post('HeapProfiler.collectGarbage', (error) => (error ? reject(error) : resolve()));
    });
  } catch (cause) {
    throw unavailable(cause);
  } finally {
    session.disconnect();
  }
}

/**
 * Milliseconds of CPU time, measured, of this thread: 2 to 5 with 30 MB of objects of some 50 bytes; with 300 MB 7 to 61,
 * and 330 on Node 22, on a crowded machine.
 */
export function collectionMs(heapUsedBytes: number): number {
  return BASE_MS + MS_PER_BYTE * heapUsedBytes;
}

const BASE_MS = 4;
const MS_PER_BYTE = 0.5e-6;

function openSession(): Session {
  try {
    const { Session } = getBuiltinModule('node:inspector') as Inspector;
    const session = new Session();
    session.connect();
    return session;
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): DiagnosticsError {
  return new DiagnosticsError('UNAVAILABLE', 'there is no inspector that could collect garbage', {
    cause,
  });
}
