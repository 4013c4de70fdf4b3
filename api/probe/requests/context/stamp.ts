/**
 * A value on an object of the program, which neither the program, nor what prints or copies the object
 * can see: a private field, put on it by a constructor that returns an object it was given. As cheap
 * as a property, a tenth of a `WeakMap`, and it works on a frozen object as well.
 */
export interface Stamp<Value> {
  set(object: object, value: Value): void;
  /** Undefined where it has none, and for what is no object. */
  get(object: unknown): Value | undefined;
}

const Given = function given(object: object) {
  return object;
} as unknown as new (
  object: object,
) => object;

/** Each stamp is another field: observers do not meet in it. */
export function createStamp<Value>(): Stamp<Value> {
  class Stamped extends Given {
    #value: Value;

    constructor(object: object, value: Value) {
      super(object);
      this.#value = value;
    }

    static set(object: object, value: Value): void {
      if (#value in object) object.#value = value;
      else new Stamped(object, value);
    }

    static get(object: unknown): Value | undefined {
      if (typeof object !== 'object' || object === null) return undefined;
      return #value in object ? object.#value : undefined;
    }
  }
  return { set: Stamped.set, get: Stamped.get };
}
