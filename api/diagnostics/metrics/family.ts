/** A metric as monitoring systems take it: a name, what it means, and its samples. */

export type Labels = Readonly<Record<string, string>>;

/** `info` tells facts by its labels, and is always 1. */
export type FamilyType = 'gauge' | 'counter' | 'summary' | 'info';

export interface Sample {
  value: number;
  /** @default none */
  labels?: Labels;
  /** Of a summary alone: which of its series this is. @default a quantile, by the label of that name */
  part?: 'sum' | 'count';
}

export interface MetricFamily {
  /** Without `_total` and `_info`, which each form puts where it wants them. Ends with the base unit, where it has one. */
  name: string;
  type: FamilyType;
  /** One sentence or more: what is counted, since when, and what it means where there is none. */
  help: string;
  samples: readonly Sample[];
}
