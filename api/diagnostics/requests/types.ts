import type { RequestTable, RouteRow } from '../../analyzers/requests/types.ts';
import type { Observation } from '../answers/observation.ts';

export interface RequestSnapshot extends RequestTable {
  observation: Observation;
}

export interface RouteSnapshot {
  observation: Observation;
  /** Those that most time went to first. */
  rows: RouteRow[];
}
