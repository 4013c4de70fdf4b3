import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { createAnswering } from './answering.ts';
import { createRemembered, freshOrLast } from './remembered.ts';

const PATIENCE_MS = 5_000;

/** A target that answers each question when the test says so. */
function silentTarget() {
  const asked: PromiseWithResolvers<string>[] = [];
  const answering = createAnswering('shop');
  const remembered = createRemembered({
    name: 'shop',
    what: 'goroutines',
    answering,
    patienceMs: () => PATIENCE_MS,
    ask() {
      asked.push(Promise.withResolvers());
      return asked.at(-1)!.promise;
    },
  });
  return {
    asked,
    answering,
    remembered,
    known: () => freshOrLast(remembered.fresh(), remembered.last),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('waits for a silent target once, and then tells the last it knows at once', async () => {
  const { asked, answering, known } = silentTarget();
  const first = known();
  asked[0]!.resolve('first');
  expect(await first).toEqual({ value: 'first', isLast: false });
  vi.advanceTimersByTime(1);

  const second = known();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(await second).toEqual({ value: 'first', isLast: true });
  expect(answering.status()).toMatchObject({ state: 'FAILING' });
  expect(await known()).toEqual({ value: 'first', isLast: true });
  expect(asked).toHaveLength(2);

  asked[1]!.resolve('late');
  await vi.advanceTimersByTimeAsync(0);
  expect(answering.status()).toMatchObject({ state: 'ANSWERING', error: null });
  const third = known();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(await third).toEqual({ value: 'late', isLast: true });
});

it('says for how long a target is silent that has never answered, without another wait', async () => {
  const { remembered } = silentTarget();
  const first = expect(remembered.fresh()).rejects.toThrow('goroutines for 5 s');
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  await first;
  vi.advanceTimersByTime(30_000);
  await expect(remembered.fresh()).rejects.toMatchObject({
    code: 'TARGET_FAILED',
    message: expect.stringContaining('target shop has not answered with its goroutines for 35 s'),
  });
});

it('does not call a target silent that answers other questions', async () => {
  const { answering, remembered } = silentTarget();
  const slow = expect(remembered.fresh()).rejects.toThrow('shop');
  vi.advanceTimersByTime(1);
  await answering.track(Promise.resolve('figures'));
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  await slow;
  expect(answering.status()).toMatchObject({ state: 'ANSWERING', error: null });
});

it('tells the last of a target that has died, and no old answer where it refuses', async () => {
  const { asked, known } = silentTarget();
  const first = known();
  asked[0]!.resolve('first');
  await first;
  const dead = known();
  asked[1]!.reject(new DiagnosticsError('TARGET_FAILED', 'ECONNREFUSED'));
  expect(await dead).toEqual({ value: 'first', isLast: true });
  const refused = expect(known()).rejects.toMatchObject({ code: 'PAUSE_BUDGET_SPENT' });
  asked[2]!.reject(new DiagnosticsError('PAUSE_BUDGET_SPENT', 'wait'));
  await refused;
});
