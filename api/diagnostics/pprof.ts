/** The figures of one moment, and those that this runtime cannot give. */
import type { Figures } from '../analyzers/figures.ts';
import type { CpuUsage } from '../analyzers/metrics/cpu-meter.ts';
import type { Observation } from './answers/observation.ts';
import type { ProcessFacts } from './process-facts.ts';

export interface PprofSnapshot {
  timestampMs: number;
  observation: Observation;
  figures: Figures;
  /** Over the last finished interval of the history. */
  cpu: CpuUsage;
  process: ProcessFacts;
  /** Live objects by the sampler's last read; null before one. */
  heapObjects: number | null;
  /** When they were counted; null where unknown, absent where that was with the other figures. */
  heapObjectsAtMs?: number | null;
  unavailable: UnavailableField[];
}

export interface UnavailableField {
  field: string;
  reason: string;
}
