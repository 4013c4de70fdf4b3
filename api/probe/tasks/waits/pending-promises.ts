/**
 * Every promise of this isolate, by one enumeration of its heap: also those that no hook has seen. It
 * stops the program, and collects garbage first.
 */
import { getBuiltinModule } from '../../../base/builtins.ts';
import { DiagnosticsError } from '../../../base/errors.ts';
import { chance } from '../../../base/numbers/chance.ts';

type Inspector = typeof import('node:inspector');
type Session = InstanceType<Inspector['Session']>;
interface Remote {
  result: { objectId?: string };
}

const GROUP = 'pprofql.promises';
/** As they were when pprofql was loaded. */
const { prototype } = Promise;
const { isArray } = Array;
const { defineProperty, deleteProperty } = Reflect;

/** @throws DiagnosticsError `UNAVAILABLE` where there is no inspector */
export function allPromises(): readonly object[] {
  try {
    return enumeratePromises();
  } catch (cause) {
    const reason = 'this process has no inspector that could enumerate its promises';
    throw new DiagnosticsError('UNAVAILABLE', reason, { cause });
  }
}

/**
 * By a session of its own, which no debugger of the program notices. What is handed over stands for
 * that moment as a property that the program does not see, since it gets no turn meanwhile.
 */
function enumeratePromises(): readonly object[] {
  const { Session } = getBuiltinModule('node:inspector') as Inspector;
  const session = new Session();
  session.connect();
  let found: readonly object[] | undefined;
  const take = (objects: unknown) => {
    if (isArray(objects)) found = objects;
  };
  const handedOver = { prototype, take };
  const name = `pprofql ${chance()}`;
  try {
    defineProperty(globalThis, name, { value: handedOver, configurable: true });
    const holder = `globalThis[${JSON.stringify(name)}]`;
    const prototypeObjectId = evaluate(session, `${holder}.prototype`);
    const takeId = evaluate(session, `${holder}.take`);
    deleteProperty(globalThis, name);
    const { objects } = post<{ objects: { objectId: string } }>(session, 'Runtime.queryObjects', {
      prototypeObjectId,
      objectGroup: GROUP,
    });
    post(session, 'Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: 'function (take) { take(this); }',
      arguments: [{ objectId: takeId }],
      silent: true,
    });
  } finally {
    deleteProperty(globalThis, name);
    try {
      post(session, 'Runtime.releaseObjectGroup', { objectGroup: GROUP });
    } finally {
      session.disconnect();
    }
  }
  if (found === undefined) throw new Error('nothing was handed over');
  return found;
}

function evaluate(session: Session, expression: string): string | undefined {
  return post<Remote>(session, 'Runtime.evaluate', { expression, objectGroup: GROUP }).result
    .objectId;
}

/** A session within the thread answers at once. */
function post<Answer>(session: Session, method: string, params: object): Answer {
  let answer: { error: Error | null; value: unknown } | undefined;
  session.post(method, params, (error, value) => {
    answer = { error, value };
  });
  if (answer === undefined) throw new Error(`the inspector does not answer ${method}`);
  if (answer.error) throw answer.error;
  return answer.value as Answer;
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
