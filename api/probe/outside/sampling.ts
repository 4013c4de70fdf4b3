/** Which of many things are looked at, and how many each of those stands for. */
import { chance } from '../../base/chance.ts';

/**
 * Takes all while they are few, and a share by chance once more than so many a second would be taken.
 * @returns how many a thing stands for; 0 where it is passed over
 */
export function sampleByCount(mostPerSecond: number): { weigh(nowMs: number): number } {
  let weight = 1;
  let second = Number.NEGATIVE_INFINITY;
  let taken = 0;

  function beginSecond(nowMs: number): void {
    const seconds = Math.floor(nowMs / 1_000);
    if (seconds === second) return;
    if (taken < mostPerSecond / 4) weight = Math.max(1, weight / 2);
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
}

/** Takes one of each so many bytes by chance, so that nothing of a program's rhythm shows. */
export function sampleByBytes(firstIntervalBytes: number, mostPerSecond: number): ByteSampling {
  let intervalBytes = firstIntervalBytes;
  let leftBytes = distance();
  let second = Number.NEGATIVE_INFINITY;
  let taken = 0;

  function distance(): number {
    return -Math.log(1 - chance()) * intervalBytes;
  }

  function adapt(nowMs: number): void {
    const seconds = Math.floor(nowMs / 1_000);
    if (seconds !== second) {
      if (taken < mostPerSecond / 4) {
        intervalBytes = Math.max(firstIntervalBytes, intervalBytes / 2);
      }
      second = seconds;
      taken = 0;
    }
    taken += 1;
    if (taken < mostPerSecond) return;
    intervalBytes *= 2;
    taken = 0;
  }

  return {
    isNext(bytes) {
      leftBytes -= bytes;
      return leftBytes <= 0 && bytes > 0;
    },
    weightOf(bytes, nowMs) {
      const weight = 1 / (1 - Math.exp(-bytes / intervalBytes));
      adapt(nowMs);
      leftBytes = distance();
      return weight;
    },
  };
}
