/**
 * Every promise of this isolate, by one enumeration of its heap: also those that no hook has seen. It
 * stops the program, and collects garbage first.
 */
import { DiagnosticsError } from '../../../base/errors.ts';
import { withOwnSession } from '../../process/own-session.ts';

/** As they were when pprofql was loaded. */
const { prototype } = Promise;
const { isArray } = Array;

/** @throws DiagnosticsError `UNAVAILABLE` where there is no inspector */
export function allPromises(): readonly object[] {
  try {
    return enumeratePromises();
  } catch (cause) {
    const reason = 'this process has no inspector that could enumerate its promises';
    throw new DiagnosticsError('UNAVAILABLE', reason, { cause });
  }
}

function enumeratePromises(): readonly object[] {
  return withOwnSession((session) => {
    const { objects } = session.post<{ objects: { objectId: string } }>('Runtime.queryObjects', {
      prototypeObjectId: session.idOf(prototype),
      objectGroup: 'pprofql.promises',
    });
    try {
      const found = session.objectOf(objects.objectId);
      if (!isArray(found)) throw new Error('nothing was handed over');
      return found;
    } finally {
      session.post('Runtime.releaseObjectGroup', { objectGroup: 'pprofql.promises' });
    }
  });
}

/** Node keeps the ids of what `async_hooks` have seen made on the promise itself: those of the program, or of Node's own. */
const ASYNC_ID = 'async_id_symbol';
const TRIGGER_ASYNC_ID = 'trigger_async_id_symbol';

export interface NodeIds {
  /** 0 for one that no such hook has seen. */
  asyncId: number;
  /** Of what it was derived from, or made in; 0 where unknown. */
  parentId: number;
}

export function nodeIdsOf(promise: object): NodeIds {
  const ids: NodeIds = { asyncId: 0, parentId: 0 };
  for (const key of Object.getOwnPropertySymbols(promise)) {
    const { description } = key;
    if (description !== ASYNC_ID && description !== TRIGGER_ASYNC_ID) continue;
    const id = (promise as Record<symbol, unknown>)[key];
    if (typeof id !== 'number') continue;
    if (description === ASYNC_ID) ids.asyncId = id;
    else ids.parentId = id;
  }
  return ids;
}
