/**
 * A collection of all garbage. The program stands still for it.
 */
import { getBuiltinModule } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
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
 * As a task of its own, after what runs now: two collections, and nothing else.
 * @throws DiagnosticsError `UNAVAILABLE` where there is no inspector
 */
export async function collectSoon(): Promise<void> {
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

/** Sums of milliseconds, measured: what collecting twice takes with objects of some 100 bytes, on a busy machine. */
export function collectionMs(heapUsedBytes: number): number {
  return BASE_MS + MS_PER_BYTE * heapUsedBytes;
}

const BASE_MS = 20;
const MS_PER_BYTE = 2.5e-6;

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
