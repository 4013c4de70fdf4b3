/**
 * A collection of all garbage. The program stands still for it.
 */
import { getBuiltinModule } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';

type Inspector = typeof import('node:inspector');
type Session = InstanceType<Inspector['Session']>;

const GROUP = 'pprofql.collection';

/**
 * At once: V8 collects before it looks for objects. It then goes through all that are left, which takes several
 * times as long as to collect.
 * @throws DiagnosticsError `UNAVAILABLE` where there is no inspector
 */
export function collectAll(): void {
  const session = openSession();
  try {
    lookForNothing(session);
  } finally {
    session.disconnect();
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

/** A session within the thread answers at once. */
function lookForNothing(session: Session): void {
  session.post(
    'Runtime.evaluate',
    { expression: '({})', objectGroup: GROUP },
    (_error, evaluated) => {
      const prototypeObjectId = evaluated?.result.objectId ?? '';
      session.post('Runtime.queryObjects', { prototypeObjectId, objectGroup: GROUP });
    },
  );
  session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
}
