/** Median and spread of a handful of rounds. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between neighbors by linear interpolation: the median of [1, 3] is 2. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** `12.3 [11.9-13.0]`: the median, and the middle half of the values. */
export function formatSpread(values: readonly number[], digits = 1): string {
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
  return `${median(values).toFixed(digits)} [${low.toFixed(digits)}-${high.toFixed(digits)}]`;
}

/** `+2.1 % [+0.9-+3.0]`: how much more than 1 the ratios are. */
export function formatExcess(ratios: readonly number[]): string {
  const percent = (ratio: number) => `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)}`;
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  return `${percent(median(ratios))} % [${percent(low)} to ${percent(high)}]`;
}
