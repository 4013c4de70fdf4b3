/**
 * A collection of all garbage, at once: V8 makes one before it looks for objects. The program stands
 * still for it.
 */
import { getBuiltinModule } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';

type Inspector = typeof import('node:inspector');

const GROUP = 'pprofql.collection';

/** @throws DiagnosticsError `UNAVAILABLE` where there is no inspector */
export function collectAll(): void {
  try {
    const { Session } = getBuiltinModule('node:inspector') as Inspector;
    const session = new Session();
    session.connect();
    try {
      lookForNothing(session);
    } finally {
      session.disconnect();
    }
  } catch (cause) {
    throw new DiagnosticsError('UNAVAILABLE', 'there is no inspector that could collect garbage', {
      cause,
    });
  }
}

/** A session within the thread answers at once. */
function lookForNothing(session: InstanceType<Inspector['Session']>): void {
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
