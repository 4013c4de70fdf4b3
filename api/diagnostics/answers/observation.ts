/** How and when an answer was measured. */
import type { Via } from '../../link/via.ts';

export interface Observation {
  via: Via;
  measuredAtMs: number;
}
