/** How a metric is defined: what it is called and means, and its samples by what is known of a target. */
import { MS_PER_SECOND } from '../../../base/numbers/units.ts';
import type { FamilyType, Labels, Sample } from '../family.ts';
import type { MetricsSnapshot } from '../snapshot.ts';

/** A target, as far as it is known. */
export interface TargetMetrics {
  name: string;
  /** Such as `NODE`; null while it is not known. */
  kind: string | null;
  /** Null while nobody knows: it was not asked, or has not answered its first question yet. */
  isUp: boolean | null;
  lastAnswerAtMs: number | null;
  /** Null where it gave nothing. */
  snapshot: MetricsSnapshot | null;
}

/** Without a value, or with one that is no number, there is no sample. */
export type Value = number | null | undefined;

export interface Definition {
  name: string;
  type: FamilyType;
  help: string;
  read(target: TargetMetrics): readonly Sample[];
}

/** @param read of a target that gave something */
export function one(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  read: (snapshot: MetricsSnapshot) => Value,
): Definition {
  return { name, type, help, read: ({ snapshot }) => (snapshot ? sampleOf(read(snapshot)) : []) };
}

export function several(
  name: string,
  type: FamilyType,
  help: string,
  read: (snapshot: MetricsSnapshot) => readonly Sample[],
): Definition {
  return { name, type, help, read: ({ snapshot }) => (snapshot ? read(snapshot) : []) };
}

export function sampleOf(value: Value, labels?: Labels): Sample[] {
  if (value == null || !Number.isFinite(value)) return [];
  return [labels === undefined ? { value } : { value, labels }];
}

export const seconds = (ms: Value): Value => (ms == null ? ms : ms / MS_PER_SECOND);
