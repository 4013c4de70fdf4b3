import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../base/errors.ts';
import { describeFailure, revive } from './failure.ts';

/** As it arrives in the other thread. */
const crossed = (error: unknown) => revive(structuredClone(describeFailure(error)));

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Any file of pprofql that throws something unexpected. */
const OWN_STACK = `TypeError: x is not a function\n    at read (${new URL('direct.ts', import.meta.url)}:1:1)`;

describe('an error that crosses to another thread', () => {
  it('keeps its code, its message and its figures', () => {
    const error = new DiagnosticsError('PAUSE_BUDGET_SPENT', 'later', { retryAfterMs: 5 });
    expect(crossed(error)).toMatchObject({
      code: 'PAUSE_BUDGET_SPENT',
      message: 'later',
      retryAfterMs: 5,
    });
  });

  it('keeps the stack that it had', () => {
    const error = Object.assign(new TypeError('x is not a function'), { stack: OWN_STACK });
    expect(crossed(error)).toMatchObject({ message: 'x is not a function', stack: OWN_STACK });
  });

  it('is told as what it is where the program has put itself in the place of a built-in', () => {
    const { map } = Array.prototype;
    Array.prototype.map = () => {
      throw new TypeError('of the program');
    };
    const error = thrownBy(() => [].map(String));
    const cause = new DiagnosticsError('UNAVAILABLE', 'it cannot be loaded', { cause: error });
    const failures = [describeFailure(error), describeFailure(cause)];
    Array.prototype.map = map;
    for (const failure of failures) {
      expect(revive(failure)).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/replaced or deleted Array\.prototype\.map,/),
        cause: expect.objectContaining({ message: 'of the program' }),
      });
    }
  });

  it('is told as what it is where the program has deleted a built-in', () => {
    const { WeakRef: weakRef } = globalThis;
    Reflect.deleteProperty(globalThis, 'WeakRef');
    const error = Object.assign(new TypeError('x is not a function'), { stack: OWN_STACK });
    const failure = describeFailure(error);
    globalThis.WeakRef = weakRef;
    expect(revive(failure)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/replaced or deleted WeakRef,/),
    });
  });

  it('is told as what it is where what the program has put there gives nothing', () => {
    const { values } = Set.prototype;
    Set.prototype.values = () => undefined as never;
    const message = 'Result of the Symbol.iterator method is not an object';
    const failure = describeFailure(Object.assign(new TypeError(message), { stack: OWN_STACK }));
    Set.prototype.values = values;
    expect(revive(failure)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/replaced or deleted Set\.prototype\.values,/),
    });
  });

  it('is described whatever was thrown', () => {
    for (const thrown of ['text', null, Symbol('no text'), Object.create(null)]) {
      expect(crossed(thrown)).toBeInstanceOf(Error);
    }
  });
});
