import { math } from './math.ts';
export const clamp = (value: number, low: number, high: number): number =>
  math.min(high, math.max(low, value));
