/**
 * A value on an object of the program, which neither the program, nor what prints or copies the object
 * can see: a private field, put on it by a constructor that returns an object it was given. As cheap
 * as a property, a fifth of a `WeakMap`, and it works on a frozen object as well.
 */
import { getBuiltinModule } from '../../../base/builtins.ts';

export interface Stamp<Value> {
  set(object: object, value: Value): void;
  /** Undefined where it has none, and for what is no object. */
  get(object: unknown): Value | undefined;
}

/** What V8 learns of a class it learns for its source: of one, five stamps would meet in slow lookups that take twice as long. */
const STAMPED = `
  const Given = function given(object) {
    return object;
  };
  (class Stamped extends Given {
    #value;

    constructor(object, value) {
      super(object);
      this.#value = value;
    }

    static set(object, value) {
      if (#value in object) object.#value = value;
      else new Stamped(object, value);
    }

    static get(object) {
      if (typeof object !== 'object' || object === null) return undefined;
      return #value in object ? object.#value : undefined;
    }
  });
`;

/** Each stamp is another field: observers do not meet in it. */
export function createStamp<Value>(): Stamp<Value> {
  const { Script } = getBuiltinModule('node:vm');
  const { set, get } = new Script(`{${STAMPED}}`, {
    filename: import.meta.url,
  }).runInThisContext() as Stamp<Value>;
  return { set, get };
}
