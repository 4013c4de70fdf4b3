/** Which of many things are looked at, and how many each of those stands for. */

import { chance } from '../../base/numbers/chance.ts';
import { math } from '../../base/numbers/math.ts';

/**
 * Takes all while they are few, and a share by chance once more than so many a second would be taken.
 * @returns how many a thing stands for; 0 where it is passed over
 */
export function sampleByCount(mostPerSecond: number): { weigh(nowMs: number): number } {
  let weight = 1;
  let second = Number.NEGATIVE_INFINITY;
  let taken = 0;

  function beginSecond(nowMs: number): void {
    const seconds = math.floor(nowMs / 1_000);
    if (seconds === second) return;
    if (taken < mostPerSecond / 4) weight = math.max(1, weight / 2);
    second = seconds;
    taken = 0;
  }

  return {
    weigh(nowMs) {
      if (weight > 1 && chance() >= 1 / weight) return 0;
      beginSecond(nowMs);
      const told = weight;
      taken += 1;
      if (taken >= mostPerSecond) {
        weight *= 2;
        taken = 0;
      }
      return told;
    },
  };
}

export interface ByteSampling {
  /** Whether it is looked at. Counts its bytes. */
  isNext(bytes: number): boolean;
  /** How many things of its size one that is looked at stands for. */
  weightOf(bytes: number, nowMs: number): number;
  /** Samples finer again where little was taken lately. @returns whether it is as fine as it gets */
  relax(nowMs: number): boolean;
  /** Mean bytes between two, now. */
  intervalBytes(): number;
}

export interface ByteSamplingOptions {
  /** Mean bytes between two, as long as they are few. */
  intervalBytes: number;
  mostPerSecond: number;
  /**
   * Bytes that are looked at in a second: a collection of young objects keeps whatever somebody has a
   * weak reference to.
   */
  mostBytesPerSecond: number;
}

/** Takes one of each so many bytes by chance, so that nothing of a program's rhythm shows. */
export function sampleByBytes(options: ByteSamplingOptions): ByteSampling {
  const { mostPerSecond, mostBytesPerSecond } = options;
  let intervalBytes = options.intervalBytes;
  let leftBytes = distance();
  let second = Number.NEGATIVE_INFINITY;
  let taken = 0;
  let takenBytes = 0;

  function distance(): number {
    return -math.log(1 - chance()) * intervalBytes;
  }

  /** Chance has no memory: the way to the next one may be drawn anew at any time. */
  function setInterval(bytes: number): void {
    intervalBytes = math.max(options.intervalBytes, bytes);
    leftBytes = distance();
    taken = 0;
    takenBytes = 0;
  }

  function beginSecond(nowMs: number): void {
    const now = math.floor(nowMs / 1_000);
    if (now === second) return;
    const isQuiet = taken < mostPerSecond / 4 && takenBytes < mostBytesPerSecond / 4;
    const quietSeconds = isQuiet ? now - second : now - second - 1;
    second = now;
    taken = 0;
    takenBytes = 0;
    if (intervalBytes > options.intervalBytes) setInterval(intervalBytes / 2 ** quietSeconds);
  }

  return {
    isNext(bytes) {
      leftBytes -= bytes;
      return leftBytes <= 0 && bytes > 0;
    },
    weightOf(bytes, nowMs) {
      const weight = 1 / -math.expm1(-bytes / intervalBytes);
      beginSecond(nowMs);
      taken += 1;
      takenBytes += bytes;
      if (taken < mostPerSecond && takenBytes < mostBytesPerSecond) leftBytes = distance();
      else setInterval(intervalBytes * 2);
      return weight;
    },
    relax(nowMs) {
      beginSecond(nowMs);
      return intervalBytes === options.intervalBytes;
    },
    intervalBytes: () => intervalBytes,
  };
}
