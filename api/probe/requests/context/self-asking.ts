/** Whether all that has been served so far was asked by the program itself, as by its tests. */
import { OwnWeakSet } from '../../../base/builtins.ts';
import { arePrivateServers, isOwnConnection } from '../../outside/own-servers.ts';

export interface SelfAsking {
  /** A request has begun; undefined where its connection is not known. */
  note(connection: object | undefined): void;
  /** Nobody else has asked, and nobody else knows of its servers. False before the first request. */
  isAlone(): boolean;
}

/** Each is a look at all handles. */
const MOST_CONNECTIONS = 1_000;

export function createSelfAsking(): SelfAsking {
  let known = new OwnWeakSet<object>();
  let connections = 0;
  let isAskedByOthers = false;

  function isOwn(connection: object): boolean {
    if (known.has(connection)) return true;
    connections += 1;
    if (connections > MOST_CONNECTIONS || !quietly(() => isOwnConnection(connection))) return false;
    known.add(connection);
    return true;
  }

  return {
    note(connection) {
      if (isAskedByOthers || (connection !== undefined && isOwn(connection))) return;
      isAskedByOthers = true;
      known = new OwnWeakSet();
    },
    isAlone: () => !isAskedByOthers && connections > 0 && quietly(arePrivateServers),
  };
}

/** False where it throws: the handles are the program's, which may have put something of its own on them. */
function quietly(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
