import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { createAnswering } from './answering.ts';
import { createRemembered, freshOrLast } from './remembered.ts';

const PATIENCE_MS = 5_000;

/** A target that answers each question when the test says so. */
function silentTarget(answering = createAnswering('shop')) {
  const asked: PromiseWithResolvers<string>[] = [];
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

it('waits once also for a target whose questions are given up as soon as whoever waits for them', async () => {
  const { asked, known, answering } = silentTarget();
  const first = known();
  asked[0]!.resolve('first');
  await first;
  vi.advanceTimersByTime(1);

  const second = known();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  asked[1]!.reject(new DiagnosticsError('TARGET_FAILED', 'did not answer within 5 s'));
  expect(await second).toEqual({ value: 'first', isLast: true });

  const third = known();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS / 10);
  expect(await third).toEqual({ value: 'first', isLast: true });
  expect(answering.status()).toMatchObject({ state: 'FAILING' });

  asked[2]!.resolve('late');
  await vi.advanceTimersByTimeAsync(0);
  const fourth = known();
  asked[3]!.resolve('fourth');
  expect(await fourth).toEqual({ value: 'fourth', isLast: false });
  const fifth = known();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS / 2);
  asked[4]!.resolve('fifth');
  expect(await fifth).toEqual({ value: 'fifth', isLast: false });
});

it('waits for a silent target once, whatever it is asked for next', async () => {
  const { answering, remembered } = silentTarget();
  const first = expect(remembered.fresh()).rejects.toThrow('shop');
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  await first;
  const other = silentTarget(answering);
  const second = expect(other.remembered.fresh()).rejects.toThrow('shop');
  await vi.advanceTimersByTimeAsync(PATIENCE_MS / 10);
  await second;
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
