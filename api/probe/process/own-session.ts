/**
 * The inspector of this thread, asked by the thread itself: each question is answered at once, in the same turn. It is a
 * session of its own, which no debugger of the program notices.
 */
import { getBuiltinModule } from '../../base/builtins.ts';
import { chance } from '../../base/numbers/chance.ts';

type Inspector = typeof import('node:inspector');
type Session = InstanceType<Inspector['Session']>;
interface Remote {
  result: { objectId?: string };
}

export interface OwnSession {
  /** @throws what the inspector answers instead */
  post<Answer>(method: string, params?: object): Answer;
  on(event: string, listener: (params: object) => void): void;
  /** What the inspector calls a value. @throws where it is no object */
  idOf(value: unknown): string;
  /** The value that the inspector calls so. */
  objectOf(objectId: string): unknown;
}

const GROUP = 'pprofql.own-session';
const { defineProperty, deleteProperty } = Reflect;

/** @throws where there is no inspector, and what the work throws */
export function withOwnSession<Result>(work: (session: OwnSession) => Result): Result {
  const { Session } = getBuiltinModule('node:inspector') as Inspector;
  const session = new Session();
  session.connect();
  try {
    return work(sessionFor(session));
  } finally {
    try {
      post(session, 'Runtime.releaseObjectGroup', { objectGroup: GROUP });
    } finally {
      session.disconnect();
    }
  }
}

/**
 * What is handed over stands for that moment as a property that the program does not see, since it gets no turn
 * meanwhile.
 */
function sessionFor(session: Session): OwnSession {
  let taken: unknown;
  const take = (value: unknown) => {
    taken = value;
  };

  function idOf(value: unknown): string {
    const name = `pprofql ${chance()}`;
    try {
      defineProperty(globalThis, name, { value, configurable: true });
      const expression = `globalThis[${JSON.stringify(name)}]`;
      const params = { expression, objectGroup: GROUP };
      const { objectId } = post<Remote>(session, 'Runtime.evaluate', params).result;
      if (objectId === undefined) throw new Error('the inspector knows no such object');
      return objectId;
    } finally {
      deleteProperty(globalThis, name);
    }
  }

  let takeId: string | null = null;
  return {
    post: (method, params = {}) => post(session, method, params),
    on: (event, listener) => {
      session.on(event, ({ params }: { params: object }) => listener(params));
    },
    idOf,
    objectOf(objectId) {
      takeId ??= idOf(take);
      taken = undefined;
      post(session, 'Runtime.callFunctionOn', {
        objectId,
        functionDeclaration: 'function (take) { take(this); }',
        arguments: [{ objectId: takeId }],
        silent: true,
        objectGroup: GROUP,
      });
      return taken;
    },
  };
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
