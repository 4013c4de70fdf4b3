/** What another pprofql costs the process that it observes. */
import type { InstrumentationReading } from '../../../probe/readings/instrumentation.ts';
import type { AskedInstrumentationFragment } from '../generated/graphql.ts';
import { complete, type Told } from './told.ts';

const TOLD_BY_ALL = [
  'enabled',
  'overheadPercent',
  'overheadBudgetPercent',
  'samplingRate',
  'dutyCycle',
  'blindMs',
  'records',
  'recordsLimit',
  'seen',
  'sampledOut',
  'dropped',
] as const;

/** It goes over the wire as it is. */
export function instrumentationOf(
  told: Told<AskedInstrumentationFragment> | null,
): InstrumentationReading {
  return complete(told, 'instrumentation', TOLD_BY_ALL);
}
